namespace Streaming.Rtc.Rtp;

/// <summary>Which of its coders made an Opus frame (RFC 6716 §3.1).</summary>
internal enum OpusMode
{
    /// <summary>Linear prediction, for speech at low rates.</summary>
    Silk,

    /// <summary>SILK below 8 kHz, CELT above.</summary>
    Hybrid,

    /// <summary>The transform coder, for music and short delays.</summary>
    Celt,
}

/// <summary>The first byte of an Opus packet, its table of contents (RFC 6716 §3.1): |config (5)|s|c (2)|.</summary>
internal readonly record struct OpusToc(byte Value)
{
    /// <summary>The clock of Opus in RTP, whatever was coded (RFC 7587 §4.1).</summary>
    public const int ClockRate = 48_000;

    private const byte ConfigurationAndChannels = 0xFC;

    /// <summary>Mode, bandwidth and frame duration as one number, 0–31.</summary>
    public int Configuration => Value >> 3;

    /// <summary>Whether the frames have two channels.</summary>
    public bool IsStereo => (Value & 0x04) != 0;

    /// <summary>How frames are packed: 0 one, 1 two of one size, 2 two, 3 any number.</summary>
    public int Code => Value & 0x03;

    /// <summary>Which coder made the frames.</summary>
    public OpusMode Mode => Configuration switch { < 12 => OpusMode.Silk, < 16 => OpusMode.Hybrid, _ => OpusMode.Celt };

    /// <summary>How long each frame sounds, in samples at 48 kHz: 120 (2.5 ms) to 2 880 (60 ms).</summary>
    public int FrameSamples => Mode switch
    {
        OpusMode.Celt => 120 << (Configuration & 0x03),
        OpusMode.Hybrid => 480 << (Configuration & 0x01),
        _ => (Configuration & 0x03) == 3 ? 2_880 : 480 << (Configuration & 0x03),
    };

    /// <summary>Whether frames of both may stand in one packet (RFC 6716 §3.2): all of a packet share configuration and channels.</summary>
    public bool CanJoin(OpusToc other) => ((Value ^ other.Value) & ConfigurationAndChannels) == 0;

    /// <summary>The same configuration and channels, packed by another code.</summary>
    /// <param name="code">0–3.</param>
    public OpusToc WithCode(int code) => new((byte)((Value & ConfigurationAndChannels) | code));
}
