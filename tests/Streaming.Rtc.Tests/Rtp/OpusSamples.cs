using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

/// <summary>Opus packets with frames of made bytes, packed by hand as RFC 6716 §3.2 draws them.</summary>
internal static class OpusSamples
{
    /// <summary>SILK, wideband, 20 ms: what Chromium sends of speech at low rates.</summary>
    public const int Silk20 = 9;

    /// <summary>Hybrid, fullband, 20 ms.</summary>
    public const int Hybrid20 = 15;

    /// <summary>CELT, fullband, 20 ms.</summary>
    public const int Celt20 = 31;

    /// <summary>A table of contents.</summary>
    public static OpusToc Toc(int configuration, bool isStereo = false, int code = 0) =>
        new((byte)(configuration << 3 | (isStereo ? 4 : 0) | code));

    /// <summary>A frame whose bytes tell which one it is.</summary>
    public static byte[] Frame(int length, int seed = 0)
    {
        var frame = new byte[length];
        new Random(seed + (length * 1_000)).NextBytes(frame);
        return frame;
    }

    /// <summary>Code 0.</summary>
    public static byte[] One(OpusToc toc, byte[] frame) => [toc.WithCode(0).Value, .. frame];

    /// <summary>Code 1.</summary>
    public static byte[] TwoEqual(OpusToc toc, byte[] first, byte[] second) => [toc.WithCode(1).Value, .. first, .. second];

    /// <summary>Code 2.</summary>
    public static byte[] Two(OpusToc toc, byte[] first, byte[] second) =>
        [toc.WithCode(2).Value, .. LengthOf(first), .. first, .. second];

    /// <summary>Code 3 with frames of one size.</summary>
    public static byte[] Constant(OpusToc toc, byte[][] frames, int padding = 0) =>
    [
        toc.WithCode(3).Value, (byte)(frames.Length | (padding > 0 ? 0x40 : 0)), .. PaddingCount(padding),
        .. frames.SelectMany(frame => frame), .. new byte[padding],
    ];

    /// <summary>Code 3 with frames of their own sizes.</summary>
    public static byte[] Variable(OpusToc toc, byte[][] frames, int padding = 0) =>
    [
        toc.WithCode(3).Value, (byte)(0x80 | frames.Length | (padding > 0 ? 0x40 : 0)), .. PaddingCount(padding),
        .. frames[..^1].SelectMany(LengthOf), .. frames.SelectMany(frame => frame), .. new byte[padding],
    ];

    /// <summary>A packet of each kind.</summary>
    public static byte[][] All =>
    [
        One(Toc(Silk20), Frame(59)), One(Toc(Celt20, isStereo: true), Frame(300)), [Toc(Silk20).Value],
        TwoEqual(Toc(Hybrid20), Frame(80, 1), Frame(80, 2)), Two(Toc(Silk20), Frame(40), Frame(61)), Two(Toc(Celt20), Frame(300), Frame(10)),
        Constant(Toc(Silk20), [Frame(50, 1), Frame(50, 2), Frame(50, 3)]), Variable(Toc(Silk20), [Frame(50), [], Frame(260)]),
        Constant(Toc(Silk20), [Frame(50)], padding: 3), Variable(Toc(Celt20), [Frame(5), Frame(7)], padding: 600),
    ];

    private static byte[] LengthOf(byte[] frame) =>
        frame.Length < 252 ? [(byte)frame.Length] : [(byte)(252 + (frame.Length & 3)), (byte)((frame.Length - 252 - (frame.Length & 3)) / 4)];

    private static byte[] PaddingCount(int padding)
    {
        if (padding == 0) return [];
        return [.. Enumerable.Repeat((byte)255, padding / 254), (byte)(padding % 254)];
    }
}
