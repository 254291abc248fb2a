using System.Security.Cryptography;
using Streaming.Contracts;

namespace Streaming.Server.Stills;

/// <summary>A still and its bytes.</summary>
/// <param name="What">What the class is told of it.</param>
/// <param name="MediaType">By its bytes, whatever was said of it.</param>
/// <param name="Bytes">The picture.</param>
internal sealed record StillImage(Still What, string MediaType, ReadOnlyMemory<byte> Bytes)
{
    private const int HashBytes = 16;

    /// <summary>Reads a picture that somebody sent; null when it is none that is taken, and <paramref name="refusal"/> says why.</summary>
    public static StillImage? TryMake(byte[] bytes, out Refusal? refusal)
    {
        refusal = null;
        if (!StillHeader.TryRead(bytes, out var header))
        {
            refusal = StillRefusals.NoPicture;
            return null;
        }

        if (header.Width > Still.MaxSide || header.Height > Still.MaxSide)
        {
            refusal = StillRefusals.TooLarge;
            return null;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, HashBytes));
        return new StillImage(new Still(hash, header.Width, header.Height, bytes.Length), header.MediaType, bytes);
    }
}
