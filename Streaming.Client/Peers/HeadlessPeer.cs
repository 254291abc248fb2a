using System.Diagnostics;
using Streaming.Rtc;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Srtp;
using Streaming.Rtc.Stun;

namespace Streaming.Client.Peers;

/// <summary>A WebRTC peer without codec: publishes what it is given, or watches and counts.</summary>
/// <remarks>
/// <para>Sans-IO: it is told the time and given the datagrams, and owns no socket, clock or task. After every call take what
/// <see cref="TryTakeOutgoing"/> has and look at <see cref="NextTick"/>. Not safe for threads; <see cref="HeadlessPeerLoop"/> drives
/// many.</para>
/// <para>ICE is full and controlling with one candidate pair, DTLS the client, RTP and RTCP on one port.</para>
/// </remarks>
public sealed class HeadlessPeer : IDisposable
{
    private static readonly Lazy<DtlsCertificate> SharedCertificate = new(DtlsCertificate.Generate);

    private readonly HeadlessPeerOptions _options;
    private readonly DtlsCertificate _certificate;
    private readonly IceCredentials _credentials;
    private readonly OutgoingQueue _queue = new();
    private readonly byte[] _scratch = new byte[2048];
    private readonly ulong _tieBreaker;
    private readonly PeerMedia _media;
    private IceController? _ice;
    private DtlsTransport? _dtls;
    private bool _dtlsStarted;
    private InboundSrtp? _inbound;
    private OutboundSrtp? _outbound;

    private HeadlessPeer(HeadlessPeerOptions options, bool publishes)
    {
        _options = options;
        _certificate = options.Certificate ?? SharedCertificate.Value;
        var random = options.Seed is { } seed ? new Random(seed) : new Random();
        _credentials = options.Seed is null ? IceCredentials.Generate() : SeededCredentials(random);
        _tieBreaker = unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue));
        _media = new PeerMedia(options, NextSsrc(random), _queue);
        var local = new LocalDescription(_credentials, _certificate.Fingerprint, [], (ulong)random.NextInt64());
        if (publishes)
        {
            ClientTrack[] tracks = [.. options.Tracks.Select(source => MakeTrack(source, options, random))];
            _media.Sent = [.. tracks.SelectMany((track, section) => LayersOf(track, section, random)
                .Select(layer => new SentTrack(track, layer, _queue, _media.Numbers, random)))];
            Offer = ClientOffer.Publish(local, _media.CanonicalName, tracks, options.TransportFeedback);
        }
        else
        {
            Offer = ClientOffer.Watch(local, options.Voice, options.Pictures, options.WatchFormats, options.Retransmission,
                options.TellsArrivals);
        }
    }

    /// <summary>The SDP offer; constant.</summary>
    public string Offer { get; }

    /// <summary>Where it stands.</summary>
    public HeadlessPeerState State { get; private set; }

    /// <summary>Why it failed; null unless it did.</summary>
    public string? Failure { get; private set; }

    /// <summary>A publisher's tracks, in the order of the options, simulcast layers each by itself; empty for a watcher.</summary>
    public IReadOnlyList<SentTrack> Sent => _media.Sent;

    /// <summary>A watcher's slots, in the order of the media sections; empty before <see cref="Accept"/> and for a publisher.</summary>
    public IReadOnlyList<ReceivedTrack> Received => _media.Received;

    /// <summary>Datagrams that were not used, by reason.</summary>
    public DropCounters Drops { get; } = new();

    /// <summary>The last bitrate that the server allowed a publisher (REMB), in bit/s; null before.</summary>
    public ulong? RembBitrate => _media.RembBitrate;

    /// <summary>Packets that a publisher numbered over all its streams; 0 unless <see cref="HeadlessPeerOptions.TransportFeedback"/> was agreed.</summary>
    public long NumberedPackets => _media.Numbers.Count;

    /// <summary>How many of these the server said had come; one that is told of twice counts twice.</summary>
    public long ArrivalsTold => _media.ArrivalsTold;

    /// <summary>In how many feedbacks.</summary>
    public long TransportFeedbacks => _media.TransportFeedbacks;

    /// <summary>When <see cref="Accept"/> was called; null before.</summary>
    public Instant? StartedAt { get; private set; }

    /// <summary>When the keys were agreed; null before.</summary>
    public Instant? ConnectedAt { get; private set; }

    /// <summary>When <see cref="Tick"/> wants to be called next.</summary>
    public Instant NextTick { get; private set; } = Instant.Never;

    /// <summary>Makes a peer that sends <see cref="HeadlessPeerOptions.Tracks"/>.</summary>
    public static HeadlessPeer Publisher(HeadlessPeerOptions? options = null) => new(options ?? new HeadlessPeerOptions(), publishes: true);

    /// <summary>Makes a peer that receives a voice and one or two pictures.</summary>
    public static HeadlessPeer Watcher(HeadlessPeerOptions? options = null) => new(options ?? new HeadlessPeerOptions(), publishes: false);

    /// <summary>Takes the server's answer and sets out for its first candidate.</summary>
    /// <exception cref="FormatException">The answer cannot be used; the message says why.</exception>
    /// <exception cref="InvalidOperationException">There was an answer before.</exception>
    public void Accept(Instant now, string answer)
    {
        if (State != HeadlessPeerState.New)
        {
            throw new InvalidOperationException("A peer takes one answer.");
        }

        if (!ClientAnswer.TryRead(answer, out var read, out var error))
        {
            throw new FormatException(error);
        }

        var server = _options.Server ?? FirstOf(read.Candidates);
        _media.Accept(read.Sections);
        _dtls = new DtlsTransport(_certificate, DtlsRole.Client, read.Fingerprint, _options.Profile);
        _ice = new IceController(_credentials, read.Ice, server, _tieBreaker);
        _ice.Start(now);
        (State, StartedAt) = (HeadlessPeerState.Connecting, now);
        Tick(now);
    }

    /// <summary>Takes a datagram from the server.</summary>
    /// <param name="now">The time.</param>
    /// <param name="datagram">Valid until this method returns; copied, because decryption works in place.</param>
    public void Receive(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > _scratch.Length)
        {
            Drops.Count(DropReason.Oversized);
            return;
        }

        datagram.CopyTo(_scratch);
        ReceiveInPlace(now, _scratch.AsSpan(0, datagram.Length));
    }

    /// <summary>Takes a datagram and spoils it.</summary>
    internal void ReceiveInPlace(Instant now, Span<byte> datagram)
    {
        if (State is not (HeadlessPeerState.Connecting or HeadlessPeerState.Connected))
        {
            return;
        }

        var dropped = datagram switch   // RFC 7983 §7
        {
            [>= 128 and < 192, >= 192 and < 224, ..] => ReceiveRtcp(now, datagram),
            [>= 128 and < 192, ..] => ReceiveRtp(now, datagram),
            [>= 20 and < 64, ..] => ReceiveDtls(now, datagram),
            [< 4, ..] => ReceiveStun(now, datagram),
            _ => DropReason.UnknownProtocol,
        };
        if (dropped != DropReason.None)
        {
            Drops.Count(dropped);
        }
    }

    /// <summary>Does what is due: checks, handshake, requests, reports.</summary>
    public void Tick(Instant now)
    {
        if (State is not (HeadlessPeerState.Connecting or HeadlessPeerState.Connected))
        {
            return;
        }

        if (_queue.Next() is { IsEmpty: false } slot)   // empty when nobody takes what is queued
        {
            _queue.Commit(_ice!.Tick(now, slot));
        }

        if (_ice!.HasExpired(now))
        {
            Fail("The server does not answer ICE checks.");
            return;
        }

        _dtls!.Tick(now);
        AfterDtls(now);
        if (State == HeadlessPeerState.Connected)
        {
            _media.Tick(now);
        }

        Schedule();
    }

    /// <summary>Takes the next datagram to send.</summary>
    /// <param name="destination">At least 1,500 bytes.</param>
    /// <param name="length">How many of them are the datagram.</param>
    /// <param name="to">Where it goes.</param>
    public bool TryTakeOutgoing(Span<byte> destination, out int length, out TransportAddress to)
    {
        to = _ice?.Server ?? default;
        return _queue.TryTake(destination, out length);
    }

    /// <summary>Asks for a key frame of a slot (PLI), however short ago the last request was.</summary>
    public void RequestKeyFrame(ReceivedTrack track) => _media.RequestKeyFrame(track);

    /// <summary>Says goodbye; take what is outgoing afterwards. Closing twice is closing once.</summary>
    public void Close()
    {
        if (State is HeadlessPeerState.Closed or HeadlessPeerState.Failed)
        {
            return;
        }

        _dtls?.Close();
        TakeFromDtls();
        End(HeadlessPeerState.Closed);
    }

    /// <summary>Frees keys and handshake.</summary>
    public void Dispose()
    {
        Close();
        _inbound?.Dispose();
        _outbound?.Dispose();
        _dtls?.Dispose();
    }

    private static ClientTrack MakeTrack(Rtc.Sfu.TrackSource source, HeadlessPeerOptions options, Random random)
    {
        if (source == Rtc.Sfu.TrackSource.Voice)
        {
            return new ClientTrack(source, NextSsrc(random));
        }

        return new ClientTrack(source, options.VideoFormat, NextSsrc(random), options.Retransmission ? NextSsrc(random) : null)
        {
            Rids = source == Rtc.Sfu.TrackSource.Camera ? options.CameraLayers : [],
        };
    }

    // The offer names no SSRC of a layer (RFC 8853 §6.1), so each has one that nobody knows before it comes.
    private static IEnumerable<SentLayer> LayersOf(ClientTrack track, int section, Random random) => track.Rids.Count == 0
        ? [new SentLayer(section, 0, null, track.Ssrc, track.RetransmissionSsrc)]
        : track.Rids.Select((rid, index) =>
            new SentLayer(section, index, rid, NextSsrc(random), track.RetransmissionSsrc is null ? null : NextSsrc(random)));

    private static Ssrc NextSsrc(Random random) => new((uint)random.NextInt64(1, uint.MaxValue));

    private static IceCredentials SeededCredentials(Random random)
    {
        const string letters = "abcdefghijklmnopqrstuvwxyz";
        return new IceCredentials(new string(random.GetItems<char>(letters, 8)), new string(random.GetItems<char>(letters, 24)));
    }

    private static TransportAddress FirstOf(IReadOnlyList<string> candidates)
    {
        foreach (var line in candidates)
        {
            if (HostCandidate.TryParse(line, out var candidate) && !candidate.IsTcp)
            {
                return candidate.Address;
            }
        }

        throw new FormatException("The answer has no UDP host candidate to go to.");
    }

    private DropReason ReceiveStun(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (!StunReader.TryRead(datagram, out var response))
        {
            return DropReason.StunMalformed;
        }

        if (!_ice!.Receive(now, response))
        {
            return DropReason.StunIntegrity;
        }

        if (_ice.IsConnected && !_dtlsStarted)
        {
            _dtlsStarted = true;
            _dtls!.Start(now);
            AfterDtls(now);
        }

        Schedule();
        return DropReason.None;
    }

    private DropReason ReceiveDtls(Instant now, ReadOnlySpan<byte> datagram)
    {
        _dtls!.Receive(now, datagram);
        AfterDtls(now);
        Schedule();
        return DropReason.None;
    }

    private DropReason ReceiveRtp(Instant now, Span<byte> datagram)
    {
        if (_inbound is null)
        {
            return DropReason.SrtpTooEarly;
        }

        if (!_inbound.TryUnprotect(datagram, out var length, out var dropped))
        {
            return dropped;
        }

        dropped = _media.ReceiveRtp(now, datagram[..length]);
        NextTick = Instant.Earlier(NextTick, _media.NextTick);
        return dropped;
    }

    private DropReason ReceiveRtcp(Instant now, Span<byte> datagram)
    {
        if (_inbound is null)
        {
            return DropReason.SrtpTooEarly;
        }

        return _inbound.TryUnprotectRtcp(datagram, out var length, out var dropped) ? _media.ReceiveRtcp(now, datagram[..length]) : dropped;
    }

    private void AfterDtls(Instant now)
    {
        TakeFromDtls();
        switch (_dtls!.State)
        {
            case DtlsState.Connected when _outbound is null:
                Connect(now, _dtls.Keys ?? throw new UnreachableException("Connected without keys."));
                break;
            case DtlsState.Failed:
                Fail($"The DTLS handshake failed: {_dtls.Failure}.");
                break;
            case DtlsState.Closed:
                End(HeadlessPeerState.Closed);
                break;
        }
    }

    private void TakeFromDtls()
    {
        while (_dtls is not null && _queue.Next() is { IsEmpty: false } slot && _dtls.TryTakeOutgoing(slot, out var length))
        {
            _queue.Commit(length);
        }
    }

    private void Connect(Instant now, SrtpKeys keys)
    {
        (_inbound, _outbound) = (new InboundSrtp(keys), new OutboundSrtp(keys));
        (State, ConnectedAt) = (HeadlessPeerState.Connected, now);
        _media.Connect(now, _outbound);
    }

    private void Schedule()
    {
        if (State is not (HeadlessPeerState.Connecting or HeadlessPeerState.Connected))
        {
            return;
        }

        var transport = Instant.Earlier(Instant.Earlier(_ice!.NextTick, _ice.ConsentExpires), _dtls!.NextTick);
        NextTick = Instant.Earlier(transport, _media.NextTick);
    }

    private void Fail(string reason)
    {
        Failure = reason;
        End(HeadlessPeerState.Failed);
    }

    private void End(HeadlessPeerState state)
    {
        (State, NextTick) = (state, Instant.Never);
        _media.Disconnect();
    }
}
