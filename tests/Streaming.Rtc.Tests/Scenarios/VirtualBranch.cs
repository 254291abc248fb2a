using Streaming.Rtc.Dtls;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>The second worker of a <see cref="VirtualNetwork"/>: another engine, which gets the class's packets over a ring.</summary>
internal sealed class VirtualBranch : IDatagramSink, IDisposable
{
    public static readonly TransportAddress Address = TransportAddress.FromIPv4(0x7F00_0001, 18_444);
    private readonly VirtualNetwork _net;
    private readonly InlineHandshaker _handshaker;
    private readonly SendBatch _batch;
    private readonly Queue<RtcCommand> _inbox = new();

    public VirtualBranch(VirtualNetwork net, DtlsCertificate certificate, RelayRing ring)
    {
        (_net, Ring) = (net, ring);
        _handshaker = new InlineHandshaker(certificate);
        _batch = new SendBatch(this);
        Engine = new RtcEngine(new RtcEngineOptions(), _handshaker, net.Drops);
        Post(new OpenRoom(net.Room));
        Post(new AddInlet(net.Room, ring, command =>
        {
            ToHome.Add(command);
            net.Apply(command);
        }));
    }

    public RtcEngine Engine { get; }

    public RelayRing Ring { get; }

    /// <summary>A worker that is too busy to look at what came.</summary>
    public bool IsStuck { get; set; }

    /// <summary>What the other worker does once, at the most awkward moment: when the commands are taken and the ring is not read yet.</summary>
    public Action? BeforeReading { get; set; }

    /// <summary>What it has told the worker that has the publisher.</summary>
    public List<RtcCommand> ToHome { get; } = [];

    public void Post(RtcCommand command) => _inbox.Enqueue(command);

    public void Receive(TransportAddress from, byte[] datagram) => Engine.Receive(_net.Now, from, datagram, _batch);

    public void Advance()
    {
        if (IsStuck)
        {
            return;
        }

        _handshaker.Now = _net.Now;
        _handshaker.Tick();
        Engine.NoteRelayed();
        while (_inbox.TryDequeue(out var command) || _handshaker.Results.TryDequeue(out command))
        {
            Engine.Apply(_net.Now, command, _batch);
        }

        var meanwhile = BeforeReading;
        BeforeReading = null;
        meanwhile?.Invoke();
        Engine.ReceiveRelayed(_net.Now, _batch);
        Engine.EndRound(_net.Now, _batch);
        if (_net.Now >= Engine.NextTick)
        {
            Engine.Tick(_net.Now, _batch);
        }

        _batch.Flush();
        while (Engine.TryTakeEvent(out var happened))
        {
            _net.Events.Add(happened);
        }
    }

    void IDatagramSink.Send(SendBatch batch) => _net.Carry(batch, Address);

    public void Dispose()
    {
        _handshaker.Dispose();
        Assert.Equal(0, Engine.Drops[DropReason.NumberUsedTwice] + Engine.Counters.ObserverDrops[DropReason.NumberUsedTwice]);
    }
}
