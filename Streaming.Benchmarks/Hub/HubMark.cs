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
        while (bytes.IndexOf(Sign) is >= 0 and var start)
        {
            bytes = bytes[start..];
            if (bytes.Length < Length)
            {
                (number, at) = (0, 0);
                return false;
            }

            if (IsDigits(bytes[1..Length])
                && Utf8Parser.TryParse(bytes[1..9], out number, out _)
                && Utf8Parser.TryParse(bytes[9..Length], out at, out _))
            {
                bytes = bytes[Length..];
                return true;
            }

            bytes = bytes[1..];   // a byte of a binary protocol that looks like the sign
        }

        (number, at) = (0, 0);
        bytes = [];
        return false;
    }

    private static bool IsDigits(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
