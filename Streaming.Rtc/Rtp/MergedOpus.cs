namespace Streaming.Rtc.Rtp;

/// <summary>A packet of thin audio, as <see cref="OpusMerger"/> finished it.</summary>
internal readonly ref struct MergedOpus
{
    /// <summary>The thin stream's own number; there are no gaps in it.</summary>
    public SequenceNumber SequenceNumber { get; init; }

    /// <summary>The timestamp of the first frame, as its publisher sent it.</summary>
    public uint Timestamp { get; init; }

    /// <summary>Whether speech begins here.</summary>
    public bool Marker { get; init; }

    /// <summary>How long it sounds, in samples at 48 kHz.</summary>
    public int Samples { get; init; }

    /// <summary>The Opus packet; valid until the merger is called again.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }
}
