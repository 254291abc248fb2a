namespace Streaming.Rtc.Sdp;

/// <summary>How a publisher is asked to encode its voice (RFC 7587 §6.1). Speech needs no more, and every listener has to carry it.</summary>
public sealed record VoiceWish
{
    /// <summary>Bits per second, 6 000–510 000.</summary>
    public int Bitrate { get; init; } = 24_000;

    /// <summary>Whether each packet repeats the one before in a coarse form, by which a decoder conceals a single loss.</summary>
    public bool HasFec { get; init; } = true;

    /// <summary>Whether next to nothing is sent while nobody speaks.</summary>
    public bool IsQuietInSilence { get; init; } = true;

    /// <summary>As a format's parameters: one channel, and the rest as wished.</summary>
    internal string ToParameters() =>
        $"minptime=10;useinbandfec={(HasFec ? 1 : 0)};usedtx={(IsQuietInSilence ? 1 : 0)};stereo=0;sprop-stereo=0;maxaveragebitrate={Bitrate}";
}
