using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Net;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Sfu;

/// <summary>An engine whose peers are told their keys instead of shaking hands: for what needs many of them, or one that misbehaves.</summary>
internal sealed class EngineRig : IHandshaker, IDatagramSink
{
    private static readonly NegotiatedFormat Vp8 = new(new MediaFormat(Codec.Vp8, ""), new PayloadType(96), new PayloadType(97));
    private readonly SendBatch _batch;
    private readonly byte[] _datagram = new byte[DatagramSlab.SlotSize];
    private readonly Channel<RtcEvent> _events = Channel.CreateUnbounded<RtcEvent>();
    private readonly GuardedEngine? _guarded;
    private bool _isInRound;

    /// <param name="isGuarded">Whether faults stay inside, as in a worker; otherwise they come out.</param>
    public EngineRig(bool isGuarded = false)
    {
        Engine = new RtcEngine(new RtcEngineOptions(), this, new DropCounters());
        _batch = new SendBatch(this);
        _guarded = isGuarded ? new GuardedEngine(0, Engine, _batch, _events.Writer, NullLogger.Instance) : null;
        Apply(new OpenRoom(Room));
    }

    public RoomId Room { get; } = new(1);

    public RtcEngine Engine { get; }

    public Instant Now { get; set; } = new(TimeSpan.TicksPerDay);

    public List<(TransportAddress To, byte[] Datagram)> Sent { get; } = [];

    /// <summary>What was sent, as a port that segments would send it: what lies together for one address is one message. Lengths in bytes.</summary>
    public List<(TransportAddress To, List<int> Lengths)> Messages { get; } = [];

    /// <summary>Called when a batch leaves.</summary>
    public Action? OnSend { get; set; }

    /// <inheritdoc/>
    public bool IsSegmenting { get; set; }

    /// <summary>The format of every track here.</summary>
    public static IReadOnlyList<NegotiatedFormat> Formats { get; } = [Vp8];

    public RigPeer Publisher(int id, Ssrc camera, Ssrc? screen = null)
    {
        var peer = new RigPeer(id);
        List<PublishedTrack> tracks = [new PublishedTrack("0", TrackSource.Camera, Formats, camera, null)];
        if (screen is not null)
        {
            tracks.Add(new PublishedTrack("1", TrackSource.Screen, Formats, screen, null));
        }

        Apply(new AddPublisher(peer.Id, Room, new PublishParameters(peer.Parameters, 0, tracks)));
        return Connect(peer);
    }

    /// <param name="id">Its transport.</param>
    /// <param name="slots">How many pictures it takes.</param>
    /// <param name="connects">Whether its handshake is done.</param>
    /// <param name="isObserver">Whether it watches unseen.</param>
    /// <param name="numbers">The identifier of the transport number's extension; 0 when it tells nothing of what has come.</param>
    public RigPeer Watcher(int id, int slots = 1, bool connects = true, bool isObserver = false, byte numbers = 0)
    {
        var peer = new RigPeer(id);
        var made = Enumerable.Range(0, slots).Select(slot => new WatchSlot(
            $"{slot}", [TrackSource.Screen, TrackSource.Camera], Formats, new Ssrc((uint)(1 + (2 * slot))), new Ssrc((uint)(2 + (2 * slot))), numbers != 0));
        Apply(new AddWatcher(peer.Id, Room, new WatchParameters(peer.Parameters, "class", [.. made], numbers), isObserver));
        return connects ? Connect(peer) : peer;
    }

    /// <summary>The server's side of what every peer here has.</summary>
    public static SrtpSession Session() => new(RigPeer.Keys(DtlsRole.Server));

    public void Apply(RtcCommand command)
    {
        if (_guarded is not null)
        {
            _guarded.Apply(Now, command);
        }
        else
        {
            Engine.Apply(Now, command, _batch);
        }

        _batch.Flush();
    }

    /// <summary>All that arrives meanwhile comes in one round.</summary>
    public void Round(Action arrivals)
    {
        _isInRound = true;
        arrivals();
        _isInRound = false;
        EndRound();
    }

    /// <summary>Does what a worker does with the packets that another one has handed over.</summary>
    /// <param name="commands">Taken between the look at how much there is and the reading.</param>
    public void ReceiveRelayed(Action? commands = null)
    {
        Engine.NoteRelayed();
        commands?.Invoke();
        if (_guarded is not null)
        {
            _guarded.ReceiveRelayed(Now);
            _batch.Flush();
            return;
        }

        Engine.ReceiveRelayed(Now, _batch);
        EndRound();
    }

    /// <summary>What the guard has told so far; only of a guarded rig.</summary>
    public List<RtcEvent> Events()
    {
        List<RtcEvent> events = [];
        _guarded!.PublishEvents();
        while (_events.Reader.TryRead(out var happened))
        {
            events.Add(happened);
        }

        return events;
    }

    /// <summary>A genuine check of the peer's arrives from an address.</summary>
    public void Check(RigPeer peer, TransportAddress from)
    {
        peer.Checks.Start(Now);
        Receive(from, _datagram.AsSpan(0, peer.Checks.Tick(Now, _datagram)));
    }

    public void SendRtp(RigPeer peer, Ssrc ssrc, ushort number, ReadOnlySpan<byte> payload, bool marker = true)
    {
        var header = RtpWriter.WriteHeader(_datagram, marker, Vp8.PayloadType, new SequenceNumber(number), 90u * number, ssrc);
        Receive(peer.Address, _datagram.AsSpan(0, peer.Outbound.Open(ssrc).Protect(_datagram.AsSpan(0, header), payload, _datagram)));
    }

    public void SendNack(RigPeer peer, Ssrc media, ReadOnlySpan<SequenceNumber> numbers)
    {
        var compound = new byte[1400];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(new Ssrc(77), []);
        Assert.True(writer.Nack(new Ssrc(77), media, numbers));
        SendRtcp(peer, compound.AsSpan(0, writer.Length));
    }

    public void SendPli(RigPeer peer, Ssrc media)
    {
        var compound = new byte[1400];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(new Ssrc(77), []);
        Assert.True(writer.Pli(new Ssrc(77), media));
        SendRtcp(peer, compound.AsSpan(0, writer.Length));
    }

    /// <summary>The RTP packets that were sent to a peer, in order, in plaintext with their padding; numbers and times from the first one on.</summary>
    public List<string> PacketsTo(RigPeer peer)
    {
        List<string> packets = [];
        (SequenceNumber Number, uint Timestamp)? first = null;
        foreach (var (_, datagram) in Sent.Where(sent => sent.To == peer.Address && IsRtp(sent.Datagram)))
        {
            var plain = datagram.ToArray();
            Assert.True(peer.Inbound.TryUnprotect(plain, out var length, out _));
            Assert.True(RtpReader.TryRead(plain.AsSpan(0, length), out var packet));
            first ??= (packet.SequenceNumber, packet.Timestamp);
            packets.Add(
                $"{packet.SequenceNumber.DistanceFrom(first.Value.Number)} {packet.Timestamp - first.Value.Timestamp} {packet.Marker} "
                + $"{packet.Ssrc} {Convert.ToHexString(plain.AsSpan(packet.HeaderLength..length))}");
        }

        return packets;
    }

    /// <summary>The numbers of the RTP packets that were sent to a peer, in order.</summary>
    public List<int> NumbersTo(RigPeer peer) =>
        [.. Sent.Where(sent => sent.To == peer.Address && IsRtp(sent.Datagram))
            .Select(sent => (sent.Datagram[2] << 8) | sent.Datagram[3])];

    public void Tick()
    {
        Engine.Tick(Now, _batch);
        _batch.Flush();
    }

    void IHandshaker.Open(TransportId transport, DtlsRole role, ReadOnlyMemory<byte> expectedFingerprint)
    {
    }

    bool IHandshaker.Receive(TransportId transport, ReadOnlySpan<byte> datagram) => true;

    void IHandshaker.Close(TransportId transport)
    {
    }

    void IDatagramSink.Send(SendBatch batch)
    {
        TransportAddress? last = null;
        foreach (var datagram in batch.Queued)
        {
            Sent.Add((datagram.To, batch.Buffer.AsSpan(datagram.Offset, datagram.Length).ToArray()));
            if (last != datagram.To)
            {
                Messages.Add((datagram.To, []));
                last = datagram.To;
            }

            Messages[^1].Lengths.Add(datagram.Length);
        }

        OnSend?.Invoke();
    }

    private void Receive(TransportAddress from, Span<byte> datagram)
    {
        if (_guarded is not null)
        {
            _guarded.Receive(Now, from, datagram);
        }
        else
        {
            Engine.Receive(Now, from, datagram, _batch);
        }

        if (!_isInRound)
        {
            EndRound();
        }
    }

    private void EndRound()
    {
        if (_guarded is not null)
        {
            _guarded.EndRound(Now);
        }
        else
        {
            Engine.EndRound(Now, _batch);
        }

        _batch.Flush();
    }

    private static bool IsRtp(byte[] datagram) => datagram is [>= 128 and < 192, < 192 or >= 224, ..];

    private void SendRtcp(RigPeer peer, ReadOnlySpan<byte> compound) =>
        Receive(peer.Address, _datagram.AsSpan(0, peer.Outbound.ProtectRtcp(compound, _datagram)));

    /// <summary>The peer's keys are there.</summary>
    public RigPeer Connect(RigPeer peer, bool isProven = true)
    {
        Check(peer, peer.Address);
        Apply(new DtlsConnected(peer.Id, peer.Session, isProven));
        return peer;
    }
}
