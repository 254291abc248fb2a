using System.Runtime.CompilerServices;

namespace Streaming.Rtc.Rtp;

/// <summary>An Opus packet read where it lies: its frames and how long they sound (RFC 6716 §3). Nothing is decoded.</summary>
internal readonly ref struct OpusPacket
{
    /// <summary>The most frames in a packet: 120 ms of 2.5 ms each.</summary>
    public const int MostFrames = 48;

    /// <summary>The longest packet in samples at 48 kHz: 120 ms (RFC 6716 §3.4, R5).</summary>
    public const int MostSamples = 5_760;

    private const int FrameCountMask = 0x3F;
    private const int PaddingFlag = 0x40;
    private const int VariableFlag = 0x80;

    private readonly ReadOnlySpan<byte> _payload;
    private readonly Bounds _bounds;

    private OpusPacket(ReadOnlySpan<byte> payload, Bounds bounds, int frameCount, int paddingLength)
    {
        _payload = payload;
        _bounds = bounds;
        FrameCount = frameCount;
        PaddingLength = paddingLength;
    }

    /// <summary>Configuration, channels and packing.</summary>
    public OpusToc Toc => new(_payload[0]);

    /// <summary>How many frames there are, 1–48.</summary>
    public int FrameCount { get; }

    /// <summary>Bytes of padding behind the frames, without those that count it.</summary>
    public int PaddingLength { get; }

    /// <summary>How long the packet sounds, in samples at 48 kHz: 120–5 760.</summary>
    public int Samples => FrameCount * Toc.FrameSamples;

    /// <summary>Whether there is nothing in it to decode: every frame is left out (DTX), or too short to be one.</summary>
    public bool IsSilent
    {
        get
        {
            for (var i = 0; i < FrameCount; i++)
            {
                if (Frame(i).Length > 1) return false;
            }

            return true;
        }
    }

    /// <summary>A frame's bytes, 0–1 275; none for a frame that was left out.</summary>
    /// <param name="index">0 to <see cref="FrameCount"/> − 1.</param>
    public ReadOnlySpan<byte> Frame(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)FrameCount);
        return _payload[_bounds[index].._bounds[index + 1]];
    }

    /// <summary>Reads a packet.</summary>
    /// <param name="payload">An RTP payload without padding; the packet points into it.</param>
    /// <param name="packet">The packet, valid as long as the bytes are.</param>
    /// <returns>False when it breaks one of the requirements R1–R7 of RFC 6716 §3.4.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out OpusPacket packet)
    {
        packet = default;
        if (payload.IsEmpty || payload.Length > ushort.MaxValue) return false;   // R1; and no datagram is longer

        var bounds = default(Bounds);
        var (frames, padding) = (1, 0);
        var isRead = new OpusToc(payload[0]).Code switch
        {
            0 => TryShare(ref bounds, at: 1, payload.Length, frames),
            1 => TryShare(ref bounds, at: 1, payload.Length, frames = 2),        // R3: two of one size
            2 => TryDivide(payload, ref bounds, at: 1, payload.Length, frames = 2),
            _ => TryReadMany(payload, ref bounds, out frames, out padding),
        };
        if (!isRead) return false;

        packet = new OpusPacket(payload, bounds, frames, padding);
        return true;
    }

    /// <summary>Code 3 (RFC 6716 §3.2.5): |v|p|M (6)|, the padding's length, the frames' lengths when they vary.</summary>
    private static bool TryReadMany(ReadOnlySpan<byte> payload, ref Bounds bounds, out int frames, out int padding)
    {
        (frames, padding) = (0, 0);
        if (payload.Length < 2) return false;

        var header = payload[1];
        frames = header & FrameCountMask;
        if (frames == 0 || frames * new OpusToc(payload[0]).FrameSamples > MostSamples) return false;   // R5

        var at = 2;
        if ((header & PaddingFlag) != 0 && !TryReadPadding(payload, ref at, out padding)) return false;

        var end = payload.Length - padding;
        if (end < at) return false;
        return (header & VariableFlag) != 0
            ? TryDivide(payload, ref bounds, at, end, frames)
            : TryShare(ref bounds, at, end, frames);
    }

    /// <summary>A byte of 255 stands for 254 bytes of padding and goes on; every other ends the count.</summary>
    private static bool TryReadPadding(ReadOnlySpan<byte> payload, ref int at, out int padding)
    {
        padding = 0;
        while (at < payload.Length)
        {
            var more = payload[at++];
            if (more < 255)
            {
                padding += more;
                return true;
            }

            padding += 254;
        }

        return false;
    }

    /// <summary>Frames of one size fill what there is (R2, R3, R6).</summary>
    private static bool TryShare(ref Bounds bounds, int at, int end, int frames)
    {
        var (size, rest) = Math.DivRem(end - at, frames);
        if (rest != 0 || size > OpusFrameLength.Largest) return false;

        for (var i = 0; i <= frames; i++)
        {
            bounds[i] = (ushort)(at + i * size);
        }

        return true;
    }

    /// <summary>Every frame but the last tells its length; the last takes what is left (R2, R4, R7).</summary>
    private static bool TryDivide(ReadOnlySpan<byte> payload, ref Bounds bounds, int at, int end, int frames)
    {
        var total = 0;
        for (var i = 1; i < frames; i++)
        {
            if (!OpusFrameLength.TryRead(payload[at..end], out var length, out var used)) return false;

            at += used;
            total += length;
            bounds[i] = (ushort)total;   // below 48 × 1 275
        }

        var last = end - at - total;
        if (last is < 0 or > OpusFrameLength.Largest) return false;

        for (var i = 0; i < frames; i++)
        {
            bounds[i] += (ushort)at;
        }

        bounds[frames] = (ushort)end;
        return true;
    }

    /// <summary>Where each frame begins, and where the last one ends.</summary>
    [InlineArray(MostFrames + 1)]
    private struct Bounds
    {
        private ushort _first;
    }
}
