using System.Buffers.Text;
using System.Diagnostics;

namespace Streaming.Benchmarks.Hub;

/// <summary>The number and the time of a delta, written into a seat's name: readable in the bytes of every protocol.</summary>
internal static class HubMark
{
    private const byte Sign = (byte)'@';
    private const int Digits = 8 + 18;

    /// <summary>Bytes of a mark.</summary>
    public const int Length = 1 + Digits;

    /// <summary>A mark of now. The clock is the system's monotonic one, which all processes share.</summary>
    public static string Make(int number) => $"@{number:D8}{Stopwatch.GetTimestamp():D18}";

    /// <summary>Takes the next mark out of <paramref name="bytes"/>.</summary>
    /// <returns>False when there is none, or only the beginning of one; <paramref name="bytes"/> is then what has to be kept of them.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out int number, out long at)
    {
        (number, at) = (0, 0);
        var start = bytes.IndexOf(Sign);
        bytes = start < 0 ? [] : bytes[start..];
        if (bytes.Length < Length)
        {
            return false;
        }

        if (!Utf8Parser.TryParse(bytes[1..9], out number, out _) || !Utf8Parser.TryParse(bytes[9..Length], out at, out _))
        {
            throw new InvalidDataException("The server sent something that is no mark.");
        }

        bytes = bytes[Length..];
        return true;
    }
}
