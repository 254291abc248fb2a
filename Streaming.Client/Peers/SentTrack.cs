using System.Buffers.Binary;
using Streaming.Rtc;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Client.Peers;

/// <summary>What the server said of a track in its last receiver report.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="LostFraction">Share of packets lost since the report before, 0–1.</param>
/// <param name="Lost">Packets lost in all.</param>
/// <param name="Jitter">Interarrival jitter.</param>
/// <param name="RoundTrip">Round trip (RFC 3550 §6.4.1); null before the server has seen a sender report.</param>
public sealed record ReceptionReport(Instant At, double LostFraction, int Lost, TimeSpan Jitter, TimeSpan? RoundTrip);

/// <summary>One stream of a track that a <see cref="HeadlessPeer"/> sends.</summary>
/// <param name="Section">The media section, counted from 0.</param>
/// <param name="Index">Which simulcast layer; 0 for a single stream.</param>
/// <param name="Rid">The layer's name; null for a single stream.</param>
/// <param name="Ssrc">Its SSRC.</param>
/// <param name="RetransmissionSsrc">The SSRC of its RTX stream; null for none.</param>
internal sealed record SentLayer(int Section, int Index, string? Rid, Ssrc Ssrc, Ssrc? RetransmissionSsrc);

/// <summary>One track that a <see cref="HeadlessPeer"/> sends, or one simulcast layer of it: numbers, encrypts, answers NACKs, reports.</summary>
/// <remarks>Belongs to its peer; only whoever drives the peer calls it.</remarks>
public sealed class SentTrack
{
    /// <summary>The longest payload in bytes: header and protection still fit an IPv6 path of 1 280.</summary>
    public const int MaxPayload = 1200;

    private readonly OutgoingQueue _queue;
    private readonly SentHistory _history = new();
    private readonly TransportNumbers _numbers;
    private SentHeaders? _headers;
    private SentHeaders? _resendHeaders;
    private OutboundSrtpStream? _stream;
    private OutboundSrtpStream? _resends;
    private PayloadType _payloadType;
    private PayloadType _resendType;
    private SequenceNumber _next;
    private SequenceNumber _nextResend;
    private int _lastFir = -1;
    private Instant _lastSentAt;

    internal SentTrack(ClientTrack track, SentLayer layer, OutgoingQueue queue, TransportNumbers numbers, Random random)
    {
        (Source, Format, Layer, Rid) = (track.Source, track.Format, layer.Index, layer.Rid);
        (Ssrc, RetransmissionSsrc, Section) = (layer.Ssrc, layer.RetransmissionSsrc, layer.Section);
        (_queue, _numbers) = (queue, numbers);

        // Below half a circle, so that a loss at the very start cannot hide a wrap (RFC 3711 §3.3.1).
        _next = new SequenceNumber((ushort)random.Next(0x8000));
        _nextResend = new SequenceNumber((ushort)random.Next(0x8000));
    }

    /// <summary>What it shows.</summary>
    public TrackSource Source { get; }

    /// <summary>Which simulcast layer of it: 0 for the smallest, and for a single stream.</summary>
    public int Layer { get; }

    /// <summary>The layer's name; null for a single stream.</summary>
    public string? Rid { get; }

    /// <summary>What it is sent as.</summary>
    public MediaFormat Format { get; }

    /// <summary>Its SSRC.</summary>
    public Ssrc Ssrc { get; }

    /// <summary>The SSRC of its retransmissions; null when none were offered.</summary>
    public Ssrc? RetransmissionSsrc { get; }

    /// <summary>The media section that it is offered in, counted from 0.</summary>
    internal int Section { get; }

    /// <summary>Whether the server's answer takes it.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>Packets sent, retransmissions not counted.</summary>
    public long Packets { get; private set; }

    /// <summary>Payload bytes of <see cref="Packets"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>Packets sent again by RTX.</summary>
    public long Resent { get; private set; }

    /// <summary>Packets that the server asked for again, whether we still had them or not; an ask repeated counts again.</summary>
    public long AskedAgain { get; private set; }

    /// <summary>Key frames asked for: PLIs, and FIRs with a new number.</summary>
    public long KeyFrameRequests { get; private set; }

    /// <summary>PLIs among <see cref="KeyFrameRequests"/>.</summary>
    public long PliCount { get; private set; }

    /// <summary>The timestamp last sent.</summary>
    public uint LastTimestamp { get; private set; }

    /// <summary>What the server last reported; null before.</summary>
    public ReceptionReport? LastReport { get; private set; }

    /// <summary>Sends one packet.</summary>
    /// <param name="now">The time.</param>
    /// <param name="payload">At most <see cref="MaxPayload"/> bytes; copied.</param>
    /// <param name="timestamp">In units of the format's clock.</param>
    /// <param name="marker">For video: the last packet of a frame.</param>
    /// <returns>False when the peer is not connected, the track was not accepted, or nobody takes what is to be sent.</returns>
    public bool Send(Instant now, ReadOnlySpan<byte> payload, uint timestamp, bool marker)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaxPayload);
        if (_stream is null || _queue.Next() is not { IsEmpty: false } slot)
        {
            return false;
        }

        var number = _next;
        _next = number.Next;
        var header = _headers!.Write(slot, marker, _payloadType, number, timestamp, Ssrc);
        _queue.Commit(_stream.Protect(slot[..header], payload, slot));
        if (_resends is not null)
        {
            _history.Keep(number, timestamp, marker, payload);
        }

        Packets++;
        Bytes += payload.Length;
        (LastTimestamp, _lastSentAt) = (timestamp, now);
        return true;
    }

    internal void Accept(AnsweredSection section)
    {
        if (!section.Takes(Rid, Layer))
        {
            return;
        }

        _headers = new SentHeaders(section, Rid, isRetransmission: false, _numbers);
        _resendHeaders = new SentHeaders(section, Rid, isRetransmission: true, _numbers);
        foreach (var format in section.Formats)
        {
            if (CodecTable.Matches(Format, format.Format))
            {
                IsAccepted = true;
                _payloadType = format.PayloadType;
                _resendType = format.Retransmission ?? default;
                return;
            }
        }
    }

    internal void Connect(OutboundSrtp outbound)
    {
        if (IsAccepted)
        {
            _stream = outbound.Open(Ssrc);
            _resends = _resendType != default && RetransmissionSsrc is { } rtx ? outbound.Open(rtx) : null;
        }
    }

    internal void Disconnect() => (_stream, _resends) = (null, null);

    /// <summary>Writes the track's sender report, if it has sent anything.</summary>
    internal void Report(Instant now, ref RtcpWriter writer, string canonicalName)
    {
        if (Packets == 0)
        {
            return;
        }

        var elapsed = (now - _lastSentAt).Ticks * Format.ClockRate / TimeSpan.TicksPerSecond;
        var timestamp = unchecked(LastTimestamp + (uint)elapsed);
        writer.SenderReport(new SenderReport(Ssrc, NtpClock.At(now), timestamp, unchecked((uint)Packets), unchecked((uint)Bytes)));
        writer.SourceDescription(Ssrc, canonicalName);
    }

    internal void ReceiveRequest() => (KeyFrameRequests, PliCount) = (KeyFrameRequests + 1, PliCount + 1);

    internal void ReceiveFir(byte number)
    {
        // RFC 5104 §4.3.1.2: the same number is the same request.
        if (_lastFir != number)
        {
            _lastFir = number;
            KeyFrameRequests++;
        }
    }

    internal void ReceiveNack(NackEnumerator lost)
    {
        foreach (var number in lost)
        {
            AskedAgain++;
            if (_resends is null || !_history.TryFind(number, out var entry, out var payload))
            {
                continue;
            }

            if (_queue.Next() is not { IsEmpty: false } slot)
            {
                return;
            }

            var header = _resendHeaders!.Write(slot, entry.Marker, _resendType, _nextResend, entry.Timestamp, RetransmissionSsrc!.Value);
            _nextResend = _nextResend.Next;

            // The original number is payload: behind the header that is authenticated only.
            var body = slot.Slice(header, Retransmission.OriginalSequenceNumberLength + payload.Length);
            BinaryPrimitives.WriteUInt16BigEndian(body, number.Value);
            payload.CopyTo(body[Retransmission.OriginalSequenceNumberLength..]);
            _queue.Commit(_resends.Protect(slot[..header], body, slot));
            Resent++;
        }
    }

    internal void ReceiveReport(Instant now, in ReportBlock block)
    {
        _headers?.IsKnown = true;
        TimeSpan? roundTrip = null;
        if (block.LastSenderReport != 0)
        {
            var units = unchecked((int)(NtpClock.ShortAt(now) - block.LastSenderReport - block.DelaySinceLastSenderReport));
            roundTrip = TimeSpan.FromSeconds(Math.Max(0, units) / 65_536.0);
        }

        LastReport = new ReceptionReport(
            now,
            block.FractionLost / 256.0,
            block.CumulativeLost,
            TimeSpan.FromSeconds(block.Jitter / (double)Format.ClockRate),
            roundTrip);
    }
}
