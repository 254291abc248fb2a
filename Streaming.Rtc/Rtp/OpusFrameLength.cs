namespace Streaming.Rtc.Rtp;

/// <summary>The length of an Opus frame in one or two bytes (RFC 6716 §3.2.1).</summary>
internal static class OpusFrameLength
{
    /// <summary>The longest frame, in bytes (RFC 6716 §3.4, R2).</summary>
    public const int Largest = 1_275;

    private const int FirstOfTwoBytes = 252;

    /// <summary>Reads a length.</summary>
    /// <param name="bytes">Begins with the length.</param>
    /// <param name="length">0–1 275; 0 is a frame that was not sent (DTX) or is lost.</param>
    /// <param name="used">Bytes that the length took, 1 or 2.</param>
    /// <returns>False when the bytes end inside it.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int length, out int used)
    {
        (length, used) = (0, 1);
        if (bytes.IsEmpty) return false;

        length = bytes[0];
        if (length < FirstOfTwoBytes) return true;

        used = 2;
        if (bytes.Length < 2) return false;

        length += 4 * bytes[1];
        return true;
    }

    /// <summary>Bytes that a length takes, 1 or 2.</summary>
    /// <param name="length">0–1 275.</param>
    public static int Size(int length) => length < FirstOfTwoBytes ? 1 : 2;

    /// <summary>Writes a length.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <param name="length">0–1 275.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, int length)
    {
        if (length < FirstOfTwoBytes)
        {
            destination[0] = (byte)length;
            return 1;
        }

        var low = FirstOfTwoBytes + (length & 0x03);
        destination[1] = (byte)((length - low) / 4);
        destination[0] = (byte)low;
        return 2;
    }
}
