using Streaming.Rtc;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;

namespace Streaming.Client.Peers;

/// <summary>Says of each packet of a connection when it has come, a few times a second, as browsers do.</summary>
/// <remarks>Belongs to one <see cref="PeerMedia"/>.</remarks>
internal sealed class ArrivalTeller(Ssrc reporter)
{
    /// <summary>Within the 50–250 ms that browsers take.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TransportFeedbackRecorder _recorder = new();
    private byte _extension;
    private Instant _last = Instant.LongAgo;
    private Ssrc _media;

    /// <summary>When <see cref="Write"/> wants to be called.</summary>
    public Instant Due { get; private set; } = Instant.Never;

    /// <summary>Learns which extension carries the number.</summary>
    public void Accept(IReadOnlyList<AnsweredSection> sections) =>
        _extension = sections.Select(section => section.ExtensionOf(HeaderExtensionUris.TransportCc)).FirstOrDefault(id => id != 0);

    /// <summary>Notes a packet.</summary>
    public void Note(Instant now, in RtpReader packet)
    {
        if (_extension == 0 || !TransportNumber.TryRead(packet, _extension, out var number))
        {
            return;
        }

        _recorder.Note(now, number);
        _media = packet.Ssrc;
        if (Due == Instant.Never && _recorder.HasNews)
        {
            Due = _last + Interval;
        }
    }

    /// <summary>Writes what has come since the last time.</summary>
    /// <returns>Bytes written; 0 when nothing has.</returns>
    public int Write(Instant now, Span<byte> compound)
    {
        var writer = new RtcpWriter(compound);
        _last = now;
        Due = _recorder.TryWrite(ref writer, reporter, _media) ? Instant.Never : now;
        return writer.Length;
    }
}
