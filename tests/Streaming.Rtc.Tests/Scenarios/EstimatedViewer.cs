using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>What travels to a viewer of an estimator's scenario.</summary>
internal readonly record struct NumberedPacket(EstimatedViewer Viewer, SequenceNumber Number, Instant SentAt, int Bytes);

/// <summary>A source, an estimator and a viewer that answers by real feedback over a link back.</summary>
internal sealed class EstimatedViewer
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The viewer's clock is not ours, and it wraps within the first minute.</summary>
    private static readonly TimeSpan ClockOffset = TimeSpan.FromMilliseconds(64 * 0x80_0000L) - TimeSpan.FromSeconds(8);

    private readonly TestLink<NumberedPacket> _down;
    private readonly TestLink<byte[]> _up;
    private readonly TransportFeedbackRecorder _recorder = new();
    private readonly byte[] _buffer = new byte[1_200];
    private Instant _nextFeedback;
    private Instant _nextTick;
    private Instant _nextProbePacket;
    private ProbeCluster _probe;
    private int _probeLeft;
    private SequenceNumber _number = new(65_000);

    public EstimatedViewer(TestLink<NumberedPacket> down, int seed, EstimatorOptions? options = null)
    {
        _down = down;
        _up = new TestLink<byte[]>(seed + 1);
        Source = new LayeredSource(seed + 2);
        Estimator = new BitrateEstimator(options ?? new EstimatorOptions());
    }

    public BitrateEstimator Estimator { get; }

    public LayeredSource Source { get; }

    public TestLink<byte[]> Up => _up;

    /// <summary>How often the viewer answers; Chromium 50–250 ms, the rarer the less it may send.</summary>
    public TimeSpan FeedbackInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes that have come.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes of probes that were sent.</summary>
    public long Probed { get; private set; }

    /// <summary>The estimate every 20 ms.</summary>
    public List<(double Second, int Target)> Targets { get; } = [];

    /// <summary>How long each packet was on its way beyond the link's own delay and jitter, in ms.</summary>
    public List<(double Second, double Milliseconds)> Waits { get; } = [];

    /// <summary>Lets the viewer's side and ours do what is due.</summary>
    public void Step(Instant now)
    {
        Source.Send(now, Estimator.Target, bytes => Send(now, bytes, 0));
        if (_probeLeft == 0 && Estimator.TryTakeProbe(now, out _probe)) (_probeLeft, _nextProbePacket) = (_probe.Packets, now);
        for (; _probeLeft > 0 && now >= _nextProbePacket; _probeLeft--, _nextProbePacket += _probe.Spacing)
        {
            Probed += _probe.PacketBytes;
            Send(now, _probe.PacketBytes, _probe.Id);
        }

        if (now >= _nextFeedback) Answer(now);
        while (_up.TryTake(now, out _, out var datagram)) Hear(now, datagram);
        if (now < _nextTick) return;

        _nextTick = now + TickInterval;
        Estimator.Tick(now);
        Targets.Add((now.Ticks / (double)TimeSpan.TicksPerSecond, Estimator.Target));
    }

    /// <summary>A packet has come.</summary>
    public void Arrive(Instant at, in NumberedPacket packet)
    {
        Received += packet.Bytes;
        _recorder.Note(at + ClockOffset, packet.Number);
        Waits.Add((at.Ticks / (double)TimeSpan.TicksPerSecond, (at - packet.SentAt - _down.Delay).TotalMilliseconds));
    }

    private void Send(Instant now, int bytes, byte probe)
    {
        Estimator.OnSent(now, _number, bytes, probe);
        _down.Send(now, new NumberedPacket(this, _number, now, bytes), bytes);
        _number = _number.Next;
    }

    private void Answer(Instant now)
    {
        _nextFeedback = now + FeedbackInterval;
        for (var all = false; !all;)
        {
            var writer = new RtcpWriter(_buffer);
            all = _recorder.TryWrite(ref writer, new Ssrc(1), new Ssrc(2));
            if (writer.Length == 0) return;
            _up.Send(now, _buffer[..writer.Length], writer.Length + 48);
        }
    }

    private void Hear(Instant now, byte[] datagram)
    {
        Assert.True(RtcpReader.TryRead(datagram, out var reader));
        while (reader.TryNext(out var packet))
        {
            Assert.True(packet.TryGetTransportFeedback(out var feedback));
            Estimator.OnFeedback(now, feedback, TimeSpan.Zero);
        }
    }
}
