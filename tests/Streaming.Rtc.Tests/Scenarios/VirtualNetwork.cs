using Streaming.Client.Peers;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>The real engine and real peers on a simulated network: seeded, in virtual time, the same every run.</summary>
internal sealed class VirtualNetwork : IDatagramSink, IDisposable
{
    public const int BatchSize = 16;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);
    private static readonly TransportAddress Server = TransportAddress.FromIPv4(0x7F00_0001, 18_443);
    private readonly Random _random;
    private readonly DtlsCertificate _certificate = DtlsCertificate.Generate();
    private readonly InlineHandshaker _handshaker;
    private readonly SendBatch _batch;
    private readonly List<VirtualPeer> _peers = [];
    private readonly PriorityQueue<(byte[] Datagram, TransportAddress To, TransportAddress From), (Instant, long)> _flying = new();
    private readonly byte[] _datagram = new byte[2048];
    private readonly HashSet<(TransportAddress, Ssrc, long)> _indicesUsed = [];
    private readonly Dictionary<(TransportAddress, Ssrc), long> _highest = [];
    private long _order;
    private ushort _nextPort = 40_000;
    private VirtualBranch? _branch;

    public VirtualNetwork(int seed, RtcEngineOptions? options = null)
    {
        _random = new Random(seed);
        _handshaker = new InlineHandshaker(_certificate);
        Engine = new RtcEngine(options ?? new RtcEngineOptions(), _handshaker, Drops);
        _batch = new SendBatch(this, BatchSize);
        Engine.Apply(Now, new OpenRoom(Room), _batch);
    }

    public RoomId Room { get; } = new(1);

    /// <summary>Lets a second worker show the class: from now on viewers may be put there.</summary>
    /// <param name="ringPackets">What fits on the way to it.</param>
    /// <param name="isHeardLate">The first worker hears of it when the second one has just taken its commands, and has not read yet.</param>
    public VirtualBranch Branch(int ringPackets = RelayRing.DefaultCapacity, bool isHeardLate = false)
    {
        _branch = new VirtualBranch(this, _certificate, new RelayRing(ringPackets));
        var branch = new AddBranch(Room, _branch.Ring, _branch.Post, () => { });
        if (isHeardLate)
        {
            _branch.Advance();
            _branch.BeforeReading = () => Apply(branch);
        }
        else
        {
            Apply(branch);
        }

        return _branch;
    }

    /// <summary>A viewer on the second worker.</summary>
    public VirtualPeer BranchViewer(bool isObserver = false) =>
        Viewer(new HeadlessPeerOptions { Seed = _random.Next(), Pictures = 2, TellsArrivals = false }, isObserver, onBranch: true);

    /// <summary>What a worker sends goes on its way.</summary>
    public void Carry(SendBatch batch, TransportAddress from)
    {
        foreach (var datagram in batch.Queued)
        {
            var bytes = batch.Buffer.AsSpan(datagram.Offset, datagram.Length);
            NoteNumber(datagram.To, bytes);
            Fly(bytes.ToArray(), datagram.To, from);
        }
    }

    public RtcEngine Engine { get; }

    public DropCounters Drops { get; } = new();

    public Instant Now { get; private set; } = new(TimeSpan.TicksPerDay);

    /// <summary>Share of datagrams lost on every way, 0–1.</summary>
    public double Loss { get; set; }

    /// <summary>Picks single datagrams to lose by who sent them, who is to get them, and their bytes; null for none.</summary>
    public Func<TransportAddress, TransportAddress, byte[], bool>? Loses { get; set; }

    /// <summary>Called when a batch leaves, before anything of it is sent.</summary>
    public Action<SendBatch>? OnSend { get; set; }

    /// <summary>The handshakes of the server's side.</summary>
    public InlineHandshaker Handshaker => _handshaker;

    /// <summary>One way; each datagram takes this and up to <see cref="Jitter"/> more.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>With jitter, datagrams overtake each other.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>RTP packets that left twice under one index: with AES-GCM, each would give the keys away.</summary>
    public int IndicesUsedTwice { get; private set; }

    /// <summary>The highest index of every stream that left for anybody: rollovers times 65 536, and the number.</summary>
    public IReadOnlyDictionary<(TransportAddress To, Ssrc Ssrc), long> Highest => _highest;

    /// <summary>Everybody, in the order of coming.</summary>
    public IReadOnlyList<VirtualPeer> Peers => _peers;

    /// <summary>What the engine told, in order.</summary>
    public List<RtcEvent> Events { get; } = [];

    /// <summary>What the engine makes of a viewer's link.</summary>
    public string Watcher(VirtualPeer peer) => Engine.Describe(peer.Id);

    public VirtualPeer Publisher(params TrackSource[] sources) =>
        Publisher(new HeadlessPeerOptions { Seed = _random.Next(), Tracks = sources });

    public VirtualPeer Publisher(HeadlessPeerOptions options)
    {
        var peer = Add(HeadlessPeer.Publisher(options));
        var local = Local();
        Assert.True(PublishAnswer.TryMake(peer.Peer.Offer, local, out var answer, out var parameters, out var refusal), refusal?.Sentence);
        Apply(new AddPublisher(peer.Id, Room, parameters));
        peer.Peer.Accept(Now, answer);
        return peer;
    }

    /// <summary>A viewer that is sent everything, whatever its link.</summary>
    public VirtualPeer Viewer(int pictures = 2, bool isObserver = false) =>
        Viewer(new HeadlessPeerOptions { Seed = _random.Next(), Pictures = pictures, TellsArrivals = false }, isObserver);

    /// <summary>A viewer that says of each packet when it has come, as browsers do, and gets what its link carries.</summary>
    public VirtualPeer AdaptiveViewer(bool isObserver = false, ReceivedPacketHandler? onPacket = null) =>
        Viewer(new HeadlessPeerOptions { Seed = _random.Next(), OnPacket = onPacket }, isObserver);

    public VirtualPeer Viewer(HeadlessPeerOptions options, bool isObserver = false, bool onBranch = false)
    {
        var peer = Add(HeadlessPeer.Watcher(options), onBranch ? VirtualBranch.Address : Server);
        var local = Local();
        Assert.True(
            WatchAnswer.TryMake(peer.Peer.Offer, local, "class", null, out var answer, out var parameters, out var refusal),
            refusal?.Sentence);
        if (onBranch)
        {
            _branch!.Post(new AddWatcher(peer.Id, Room, parameters, isObserver));
        }
        else
        {
            Apply(new AddWatcher(peer.Id, Room, parameters, isObserver));
        }

        peer.Peer.Accept(Now, answer);
        return peer;
    }

    public void Apply(RtcCommand command)
    {
        Engine.Apply(Now, command, _batch);
        Settle();
    }

    /// <summary>A viewer, on whichever worker, wants no more than this.</summary>
    public void Limit(VirtualPeer viewer, Rung highest)
    {
        _branch?.Post(new LimitWatcher(viewer.Id, highest));
        Apply(new LimitWatcher(viewer.Id, highest));
    }

    public void Close(VirtualPeer peer) => Apply(new CloseTransport(peer.Id, CloseReason.Requested));

    /// <summary>Lets a datagram of anybody's making arrive at once.</summary>
    public void Inject(TransportAddress from, byte[] datagram)
    {
        Engine.Receive(Now, from, datagram, _batch);
        Engine.EndRound(Now, _batch);
        Settle();
    }

    /// <summary>Runs until everybody is connected.</summary>
    public void Connect()
    {
        for (var i = 0; i < 10_000 && !_peers.TrueForAll(peer => peer.IsSettled); i++)
        {
            Advance();
        }

        Assert.All(_peers, peer => Assert.Contains(peer.Peer.State, new[] { HeadlessPeerState.Connected, HeadlessPeerState.Closed }));
    }

    public void Run(TimeSpan time)
    {
        for (var until = Now + time; Now < until;)
        {
            Advance();
        }
    }

    public void Send(SendBatch batch)
    {
        OnSend?.Invoke(batch);
        foreach (var datagram in batch.Queued)
        {
            var bytes = batch.Buffer.AsSpan(datagram.Offset, datagram.Length);
            NoteNumber(datagram.To, bytes);
            if (bytes is [>= 128, ..])
            {
                _peers.Find(peer => peer.Address == datagram.To)?.Heard.Add((Now.Ticks, bytes.Length));
            }

            Fly(bytes.ToArray(), datagram.To, Server);
        }
    }

    public void Dispose()
    {
        foreach (var peer in _peers)
        {
            peer.Peer.Dispose();
        }

        _handshaker.Dispose();
        _branch?.Dispose();
        _certificate.Dispose();
        Assert.Equal(0, IndicesUsedTwice);   // of every scenario
        Assert.Equal(0, Drops[DropReason.NumberUsedTwice] + Engine.Counters.ObserverDrops[DropReason.NumberUsedTwice]);
    }

    private long Index(TransportAddress to, in RtpReader packet)
    {
        var stream = (to, packet.Ssrc);
        var index = _highest.TryGetValue(stream, out var highest)
            ? PacketIndex.Estimate(highest, packet.SequenceNumber.Value)
            : packet.SequenceNumber.Value;
        _highest[stream] = Math.Max(index, highest);
        return index;
    }

    private LocalDescription Local() => new(
        IceCredentials.Generate(), _certificate.Fingerprint, ["candidate:1 1 udp 2130706431 127.0.0.1 18443 typ host"], 1);

    private void NoteNumber(TransportAddress to, ReadOnlySpan<byte> bytes)
    {
        if (bytes is [>= 128 and < 192, (< 192 or >= 224), ..]
            && RtpReader.TryRead(bytes, out var packet)
            && !_indicesUsed.Add((to, packet.Ssrc, Index(to, packet))))
        {
            IndicesUsedTwice++;
        }
    }

    private VirtualPeer Add(HeadlessPeer peer, TransportAddress? server = null)
    {
        var added = new VirtualPeer(peer, new TransportId(_peers.Count + 1), TransportAddress.FromIPv4(0x7F00_0001, _nextPort++), server ?? Server);
        _peers.Add(added);
        return added;
    }

    private void Advance()
    {
        Now += Step;
        _handshaker.Now = Now;
        while (_flying.TryPeek(out var flight, out var at) && at.Item1 <= Now)
        {
            _flying.Dequeue();
            if (flight.To == Server)
            {
                Engine.Receive(Now, flight.From, flight.Datagram, _batch);
            }
            else if (flight.To == VirtualBranch.Address)
            {
                _branch!.Receive(flight.From, flight.Datagram);
            }
            else
            {
                _peers.Find(peer => peer.Address == flight.To)?.Peer.Receive(Now, flight.Datagram);
            }
        }

        Engine.EndRound(Now, _batch);
        foreach (var peer in _peers)
        {
            peer.Advance(Now);
            while (!peer.IsUnplugged && peer.Peer.TryTakeOutgoing(_datagram, out var length, out _))
            {
                if (_datagram[0] == 0)
                {
                    peer.CaptureCheck = _datagram[..length];
                }

                Fly(_datagram[..length], peer.Server, peer.Address);
            }
        }

        _handshaker.Tick();
        if (Now >= Engine.NextTick)
        {
            Engine.Tick(Now, _batch);
        }

        Settle();
        _branch?.Advance();
    }

    private void Settle()
    {
        _handshaker.Now = Now;
        while (_handshaker.Results.TryDequeue(out var result))
        {
            Engine.Apply(Now, result, _batch);
        }

        _batch.Flush();
        while (Engine.TryTakeEvent(out var happened))
        {
            Events.Add(happened);
        }
    }

    private void Fly(byte[] datagram, TransportAddress to, TransportAddress from)
    {
        var isUnplugged = _peers.Exists(peer => peer.IsUnplugged && (peer.Address == to || peer.Address == from));
        var peer = _peers.Find(peer => peer.Address == from || peer.Address == to);
        if (peer?.Link is { } link)
        {
            if (!isUnplugged
                && Loses?.Invoke(from, to, datagram) != true
                && link.TryPass(Now, datagram.Length, isUp: peer.Address == from, out var arrival))
            {
                _flying.Enqueue((datagram, to, from), (arrival, _order++));
            }

            return;
        }

        var loss = Math.Max(Loss, peer?.Loss ?? 0);
        if (isUnplugged || _random.NextDouble() < loss || Loses?.Invoke(from, to, datagram) == true)
        {
            return;
        }

        _flying.Enqueue((datagram, to, from), (Now + Delay + (_random.NextDouble() * Jitter), _order++));
    }
}
