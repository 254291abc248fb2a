using Streaming.Rtc;
using Streaming.Rtc.Rtp;

namespace Streaming.Client.Peers;

/// <summary>Looks at one received packet.</summary>
/// <param name="track">The slot that it belongs to.</param>
/// <param name="now">When it arrived.</param>
/// <param name="packet">Valid until the handler returns.</param>
public delegate void ReceivedPacketHandler(ReceivedTrack track, Instant now, in ReceivedPacket packet);

/// <summary>One decrypted RTP packet of a slot, in its original form even when it came as a retransmission.</summary>
public readonly ref struct ReceivedPacket
{
    internal ReceivedPacket(in RtpReader reader, long index, bool isRecovered)
    {
        Packet = reader.Packet;
        Payload = reader.Payload;
        Timestamp = reader.Timestamp;
        Marker = reader.Marker;
        Index = index;
        IsRecovered = isRecovered;
    }

    /// <summary>The whole packet: header and payload.</summary>
    public ReadOnlySpan<byte> Packet { get; }

    /// <summary>The payload, without padding.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The media timestamp.</summary>
    public uint Timestamp { get; }

    /// <summary>The marker bit.</summary>
    public bool Marker { get; }

    /// <summary>Which packet of the slot: its low 16 bits are the sequence number; it does not wrap. The first is above 65 535.</summary>
    public long Index { get; }

    /// <summary>Whether it came as a retransmission.</summary>
    public bool IsRecovered { get; }
}
