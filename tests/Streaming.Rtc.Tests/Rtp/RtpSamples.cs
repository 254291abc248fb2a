namespace Streaming.Rtc.Tests.Rtp;

/// <summary>RTP packets as browsers send them, written by hand.</summary>
internal static class RtpSamples
{
    /// <summary>Opus: marker, payload type 111, number 0x1234, timestamp 0x01020304, SSRC 0xCAFEBABE, five bytes of payload.</summary>
    public static byte[] Plain => [0x80, 0xEF, 0x12, 0x34, 1, 2, 3, 4, 0xCA, 0xFE, 0xBA, 0xBE, 0x78, 1, 2, 3, 4];

    /// <summary>Two contributing sources, a one-byte extension (id 1: "ab"), three bytes of payload, four of padding.</summary>
    public static byte[] Everything =>
    [
        0xB2, 0x60, 0x00, 0x01, 0, 0, 0, 9, 0, 0, 0, 7, 0xA, 0xA, 0xA, 0xA, 0xB, 0xB, 0xB, 0xB,
        0xBE, 0xDE, 0, 1, 0x11, (byte)'a', (byte)'b', 0, 0xD0, 0xD1, 0xD2, 0, 0, 0, 4,
    ];

    /// <summary>The one-byte form of RFC 8285 §4.2: elements of 1, 2 and 4 bytes with padding between.</summary>
    public static byte[] OneByteExtensions =>
    [
        0x90, 0x60, 0, 2, 0, 0, 0, 9, 0, 0, 0, 7, 0xBE, 0xDE, 0, 3,
        0x30, 0xA1, 0x41, 0xB1, 0xB2, 0, 0, 0xE3, 0xC1, 0xC2, 0xC3, 0xC4, 0xD0,
    ];

    /// <summary>The two-byte form of RFC 8285 §4.3: elements of 0, 1 and 4 bytes with padding between.</summary>
    public static byte[] TwoByteExtensions =>
    [
        0x90, 0x60, 0, 3, 0, 0, 0, 9, 0, 0, 0, 7, 0x10, 0x05, 0, 3,
        0x01, 0, 0x0F, 1, 0xB1, 0, 0xFF, 4, 0xC1, 0xC2, 0xC3, 0xC4, 0xD0,
    ];

    /// <summary>Padding alone, as a sender probes the path.</summary>
    public static byte[] Probe
    {
        get
        {
            var packet = new byte[12 + 255];
            packet[0] = 0xA0;
            packet[1] = 97;
            packet[^1] = 255;
            return packet;
        }
    }

    /// <summary>All of them.</summary>
    public static byte[][] All => [Plain, Everything, OneByteExtensions, TwoByteExtensions, Probe];
}
