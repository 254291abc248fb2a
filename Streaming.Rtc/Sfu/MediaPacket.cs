using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>One packet of a published track on its way to the watchers: what the header said, and where the payload lies.</summary>
internal readonly ref struct MediaPacket
{
    /// <summary>Its number in the publisher's stream.</summary>
    public required SequenceNumber SequenceNumber { get; init; }

    /// <summary>Its time in the publisher's stream, in the codec's clock.</summary>
    public required uint Timestamp { get; init; }

    /// <summary>The marker bit: last packet of a frame, or first of a talk spurt.</summary>
    public required bool Marker { get; init; }

    /// <summary>Index of its format in <see cref="PublishedTrack.Formats"/>.</summary>
    public required byte Format { get; init; }

    /// <summary>Whether a decoder can start here.</summary>
    public required bool StartsKeyFrame { get; init; }

    /// <summary>Where it stands among the temporal layers.</summary>
    public FrameLayer Layer { get; init; }

    /// <summary>The payload without padding. Valid as long as the datagram it lies in.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The payload and the padding behind it; the payload alone where there is none.</summary>
    public required ReadOnlySpan<byte> Padded { get; init; }
}
