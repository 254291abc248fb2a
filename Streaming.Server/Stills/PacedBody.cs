namespace Streaming.Server.Stills;

/// <summary>Sends an answer no faster than a rate: on a weak link the sound comes first, and a download that fills the link would stand in its way.</summary>
internal static class PacedBody
{
    private const int Piece = 1_200;

    /// <summary>Writes <paramref name="bytes"/>, one packet's worth after the other.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="bytes">What.</param>
    /// <param name="bitsPerSecond">How fast.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The reader is gone.</param>
    public static async Task WriteAsync(
        HttpResponse response, ReadOnlyMemory<byte> bytes, int bitsPerSecond, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < bytes.Length; sent += Piece)
        {
            if (sent > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(Piece * 8.0 / bitsPerSecond), time, cancellationToken);
            }

            await response.Body.WriteAsync(bytes[sent..Math.Min(sent + Piece, bytes.Length)], cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }
}
