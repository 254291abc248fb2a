using Streaming.Client.Peers;
using Streaming.Rtc;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;
using Streaming.Rtc.Stun;

namespace Streaming.Client.Tests.Peers;

/// <summary>The other end of one peer: answers SDP, ICE and DTLS, and sends and takes plain packets. Sans-IO like the peer.</summary>
internal sealed class TinyServer : IDisposable
{
    private static readonly DtlsCertificate Certificate = DtlsCertificate.Generate();

    private readonly IceCredentials _credentials = IceCredentials.Generate();
    private readonly Queue<byte[]> _outgoing = new();
    private readonly HashSet<ushort> _sentBefore = [];
    private IceLiteAgent? _ice;
    private DtlsTransport? _dtls;
    private InboundSrtp? _inbound;
    private OutboundSrtp? _outbound;
    private SequenceNumber _nextResend = new(100);

    public static TransportAddress Address { get; } = TransportAddress.FromIPv4(0xC000_0201, 5000);

    public PublishParameters? Publisher { get; private set; }

    public WatchParameters? Watcher { get; private set; }

    public List<byte[]> Rtp { get; } = [];

    public List<byte[]> Rtcp { get; } = [];

    /// <summary>Whether it answers anything at all.</summary>
    public bool IsThere { get; set; } = true;

    public string Answer(string offer, string? candidate = null)
    {
        var local = Local(candidate ?? new HostCandidate(Address).ToSdp());
        SdpRefusal? refusal;
        if (offer.Contains("a=sendonly", StringComparison.Ordinal))
        {
            Assert.True(PublishAnswer.TryMake(offer, local, out var answer, out var publisher, out refusal), refusal?.ToString());
            Publisher = publisher;
            Begin(publisher.Peer);
            return answer;
        }

        var random = new Random(5);
        Assert.True(
            WatchAnswer.TryMake(offer, local, "tiny", () => (uint)random.Next(), out var watch, out var watcher, out refusal),
            refusal?.ToString());
        Watcher = watcher;
        Begin(watcher.Peer);
        return watch;
    }

    public string AnswerWithForeignCertificate(string offer)
    {
        var ours = Convert.ToHexString(Certificate.Fingerprint.Span[..2]);
        return Answer(offer).Replace($"sha-256 {ours[..2]}:{ours[2..]}", "sha-256 00:00", StringComparison.Ordinal);
    }

    public void Receive(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (!IsThere)
        {
            return;
        }

        switch (datagram[0])
        {
            case < 4:
                ReceiveStun(now, datagram);
                break;
            case < 64:
                _dtls!.Receive(now, datagram);
                AfterDtls();
                break;
            default:
                ReceiveSrtp(datagram.ToArray());
                break;
        }
    }

    public void Tick(Instant now)
    {
        _dtls?.Tick(now);
        AfterDtls();
    }

    public bool TryTake(out byte[] datagram)
    {
        datagram = _outgoing.Count > 0 && IsThere ? _outgoing.Dequeue() : [];
        return datagram.Length > 0;
    }

    /// <summary>Makes a media packet without sending it; to be lost, delayed or doubled.</summary>
    public byte[] Packet(WatchSlot slot, ushort number, uint timestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        Assert.True(_sentBefore.Add(number));
        var packet = new byte[1500];
        var type = slot.Formats[0].PayloadType;
        var header = RtpWriter.WriteHeader(packet, marker, type, new SequenceNumber(number), timestamp, slot.Ssrc);
        return packet[.._outbound!.Open(slot.Ssrc).Protect(packet.AsSpan(0, header), payload, packet)];
    }

    public byte[] Resend(WatchSlot slot, ushort number, uint timestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[1500];
        var type = slot.Formats[0].Retransmission!.Value;
        var ssrc = slot.RetransmissionSsrc!.Value;
        Retransmission.WriteHeader(packet, marker, type, _nextResend, timestamp, ssrc, new SequenceNumber(number));
        _nextResend = _nextResend.Next;
        byte[] body = [(byte)(number >> 8), (byte)number, .. payload];
        return packet[.._outbound!.Open(ssrc).Protect(packet.AsSpan(0, RtpWriter.HeaderLength), body, packet)];
    }

    public void Send(byte[] datagram) => _outgoing.Enqueue(datagram);

    public delegate void Compose(ref RtcpWriter writer);

    public void SendRtcp(Compose compose)
    {
        Span<byte> buffer = stackalloc byte[1000];
        var writer = new RtcpWriter(buffer);
        compose(ref writer);
        var datagram = new byte[1200];
        Send(datagram[.._outbound!.ProtectRtcp(buffer[..writer.Length], datagram)]);
    }

    public void Close()
    {
        _dtls!.Close();
        AfterDtls();
    }

    public void Dispose()
    {
        _dtls?.Dispose();
        _inbound?.Dispose();
        _outbound?.Dispose();
    }

    private LocalDescription Local(string candidate) => new(_credentials, Certificate.Fingerprint, [candidate], 7);

    private void Begin(PeerParameters peer)
    {
        _ice = new IceLiteAgent(_credentials, peer.RemoteIce);
        _dtls = new DtlsTransport(Certificate, DtlsRole.Server, peer.RemoteFingerprint);
    }

    private void ReceiveStun(Instant now, ReadOnlySpan<byte> datagram)
    {
        Assert.True(StunReader.TryRead(datagram, out var request));
        Span<byte> response = stackalloc byte[IceLiteAgent.MaxResponseLength];
        _ice!.Receive(now, request, TransportAddress.FromIPv4(0x7F00_0001, 4000), response, out var length, out _);
        if (length > 0)
        {
            Send(response[..length].ToArray());
        }
    }

    private void AfterDtls()
    {
        var datagram = new byte[OutgoingQueue.SlotSize];
        while (_dtls is not null && _dtls.TryTakeOutgoing(datagram, out var length))
        {
            Send(datagram[..length]);
        }

        if (_dtls?.Keys is { } keys && _inbound is null)
        {
            (_inbound, _outbound) = (new InboundSrtp(keys), new OutboundSrtp(keys));
        }
    }

    private void ReceiveSrtp(byte[] datagram)
    {
        int length;
        if (datagram[1] is >= 192 and < 224)
        {
            Assert.True(_inbound!.TryUnprotectRtcp(datagram, out length, out _));
            Rtcp.Add(datagram[..length]);
        }
        else
        {
            Assert.True(_inbound!.TryUnprotect(datagram, out length, out _));
            Rtp.Add(datagram[..length]);
        }
    }
}
