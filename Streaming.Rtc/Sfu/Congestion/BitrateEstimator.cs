using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>How much may be sent to one viewer, by what it says of every packet: the sender's side of draft-ietf-rmcat-gcc-02.</summary>
/// <remarks>
/// Belongs to one watcher's transport; only its RTC worker calls it. It is told the time and never asks for it. After the first packet
/// nothing is allocated, and the work for a feedback is bounded by its bytes and by the packets sent since the last one: a
/// viewer that lies gets an estimate that is wrong for itself, within the options' bounds.
/// </remarks>
internal sealed class BitrateEstimator
{
    /// <summary>How long the estimate stays away from growth and probes after it was made to fall.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(1_000);

    private const double SilenceFactor = 0.85;
    private const double ReturnFactor = 4;
    private const double DrainShare = 0.5;

    /// <summary>A silence in which less than this share was lost was one of the feedback's way, or a link that held packets back.</summary>
    private const double HarmlessLoss = 0.3;

    private const int MostLostTold = 32;

    private readonly EstimatorOptions _options;
    private readonly SendHistory _history = new();
    private readonly DelayGradient _gradient = new();
    private readonly StandingQueue _queue = new();
    private readonly BitrateWindow _acked = new();
    private readonly BitrateWindow _sent = new();
    private readonly LossController _loss = new();
    private readonly RateController _rate;
    private readonly ProbePlan _probes;
    private readonly SequenceNumber[] _lostNow = new SequenceNumber[MostLostTold];
    private int _lostCount;
    private ArrivalClock _clock;
    private ViewerSilence _silence = new();
    private long _told;
    private long _answered;   // the index that was next when the viewer last spoke
    private Instant _troubledAt = Instant.LongAgo;
    private Instant _firstFeedback = Instant.Never;
    private double _wanted;

    /// <summary>Begins with the options' start.</summary>
    /// <exception cref="ArgumentException">The options are not in order.</exception>
    public BitrateEstimator(EstimatorOptions options)
    {
        options.Validate();
        _options = options;
        _rate = new RateController(options);
        _probes = new ProbePlan(options);
        _wanted = options.Maximum;
    }

    /// <summary>How much may be sent, in bit/s on the wire, voice and repeated packets included.</summary>
    /// <remarks>Half of what passes while a long queue drains: otherwise speech would lag for many seconds behind what filled it.</remarks>
    public int Target => (int)(_queue.IsDraining ? Math.Max(_options.Minimum, _rate.Target * DrainShare) : _rate.Target);

    /// <summary>What the estimate is doing.</summary>
    public RateState State => _rate.State;

    /// <summary>What last moved it.</summary>
    public EstimateReason Reason { get; private set; }

    /// <summary>What the delays say.</summary>
    public BandwidthUse Use => _gradient.Use;

    /// <summary>What reaches the viewer, in bit/s over the last half second in which something came; 0 when it is not known.</summary>
    public int AckedBitrate => _acked.TryGet(out var bitrate) ? (int)Math.Min(bitrate, int.MaxValue) : 0;

    /// <summary>The share of packets that was lost lately, 0–1.</summary>
    public double Loss => _loss.Loss;

    /// <summary>What the last feedback said has not come, of which no earlier one had spoken; the first 32, in the order of sending.</summary>
    public ReadOnlySpan<SequenceNumber> JustLost => _lostNow.AsSpan(0, _lostCount);

    /// <summary>How long packets stand in queues on their way.</summary>
    public TimeSpan QueueDelay => _queue.Standing;

    /// <summary>The round trip as last told, or guessed from feedback; zero before the first.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>
    /// What could be put to use at most, in bit/s: growth and probes end there. The options' maximum at first; for a viewer who only
    /// listens, what voice needs.
    /// </summary>
    public int Wanted
    {
        get => (int)_wanted;
        set => _wanted = Math.Clamp(value, _options.Minimum, _options.Maximum);
    }

    /// <summary>What was sent. Who only sends notes it here: the rest of what an estimate needs is memory that lies elsewhere.</summary>
    public SendHistory History => _history;

    /// <summary>Notes a packet that leaves with a transport number.</summary>
    /// <param name="now">When; not before the last.</param>
    /// <param name="number">Its transport number, one after the last; numbers left out count as never sent.</param>
    /// <param name="bytes">Its size on the wire.</param>
    /// <param name="probe">The id of the probe it belongs to; 0 for none.</param>
    public void OnSent(Instant now, SequenceNumber number, int bytes, byte probe = 0)
    {
        var index = _history.Note(now, number, bytes);
        if (index >= 0 && probe != 0) _probes.NoteSent(probe, index);
    }

    /// <summary>Takes what the viewer says.</summary>
    /// <param name="now">When it came.</param>
    /// <param name="feedback">Read to its end before this returns.</param>
    /// <param name="roundTrip">By the viewer's reports; zero when it is not known.</param>
    public void OnFeedback(Instant now, in TransportFeedback feedback, TimeSpan roundTrip)
    {
        _lostCount = 0;
        var first = _history.Unwrap(feedback.BaseSequence);
        var end = Math.Min(first + feedback.StatusCount, _history.Next);
        var received = TakeReceived(feedback, first, out var newestSent);
        if (received == 0) return;

        if (_firstFeedback == Instant.Never) (_firstFeedback, _told) = (now, Math.Max(_history.Oldest, Math.Min(first, end)));
        NoteRoundTrip(roundTrip, now - newestSent);
        var lost = TakeLost(first, end);
        if (_silence.Before != 0) EndSilence(now, received, lost);

        _silence.End();
        _answered = _history.Next;
        Judge(now);
    }

    /// <summary>Lets time pass: a silent viewer's estimate sinks, probes are planned. Every 20–100 ms.</summary>
    public void Tick(Instant now)
    {
        if (_history.Next > _answered) _silence.NoteSent(_history.SentAt(Math.Max(_answered, _history.Oldest)));

        // Before the first answer nothing says how long one takes.
        var patience = _firstFeedback == Instant.Never ? TimeSpan.FromSeconds(1) : RoundTrip;
        if (_silence.Asks(now, _rate.Target, patience))
        {
            if (_rate.Reduce(SilenceFactor, _options.SilentFloor)) Reason = EstimateReason.Silence;
            Trouble(now);
        }

        JudgeProbe(now);
        PlanProbe(now);
    }

    /// <summary>Takes a probe that is to be sent from now on, its packets beside the media and each told to <see cref="OnSent"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cluster">The probe.</param>
    /// <returns>False while there is none to send.</returns>
    public bool TryTakeProbe(Instant now, out ProbeCluster cluster) => _probes.TryTake(now, out cluster);

    private int TakeReceived(in TransportFeedback feedback, long first, out Instant newestSent)
    {
        newestSent = Instant.LongAgo;
        var start = _clock.Unwrap(feedback.ReferenceTime);
        var received = 0;
        foreach (var packet in feedback)
        {
            var index = first + packet.Offset;
            var fate = _history.FateOf(index);
            if (fate is PacketFate.Unknown or PacketFate.Received) continue;
            if (fate == PacketFate.Lost) _loss.Restore();

            _history.SetFate(index, PacketFate.Received);
            var sentAt = _history.SentAt(index);
            var arrivedAt = start + (packet.Arrival * (long)TransportFeedbackFormat.TicksPerUnit);
            var bytes = _history.Bytes(index);
            _gradient.Add(sentAt.Ticks, arrivedAt);
            _queue.Add(sentAt.Ticks, arrivedAt);
            _acked.Add(arrivedAt, bytes);
            _sent.Add(sentAt.Ticks, bytes);
            _loss.Add(sentAt, bytes, isLost: false);
            _probes.NoteReceived(index, sentAt.Ticks, arrivedAt, bytes);
            if (sentAt > newestSent) newestSent = sentAt;
            received++;
        }

        return received;
    }

    /// <summary>Counts what has not come of the packets that nobody has spoken of before; what a lost feedback would have told stays open.</summary>
    private int TakeLost(long first, long end)
    {
        var lost = 0;
        for (var index = Math.Max(Math.Max(first, _told), _history.Oldest); index < end; index++)
        {
            if (_history.FateOf(index) != PacketFate.InFlight) continue;

            _history.SetFate(index, PacketFate.Lost);
            _sent.Add(_history.SentAt(index).Ticks, _history.Bytes(index));
            _loss.Add(_history.SentAt(index), _history.Bytes(index), isLost: true);
            if (_lostCount < MostLostTold) _lostNow[_lostCount++] = new SequenceNumber(unchecked((ushort)index));
            lost++;
        }

        _told = Math.Max(_told, end);
        return lost;
    }

    private void EndSilence(Instant now, int received, int lost)
    {
        var before = _silence.Before;
        _loss.Forget(now);
        if (lost < HarmlessLoss * (received + lost))
        {
            if (_rate.Raise(before)) Reason = EstimateReason.Return;
            return;
        }

        // Nothing came through. Delays and rates of before say nothing of the link that has returned, so it is asked at once.
        _gradient.Reset();
        _queue.Forget();
        _acked.Reset();
        _sent.Reset();
        _probes.PlanReturn(Math.Min(before, ReturnFactor * _rate.Target));
    }

    private void Judge(Instant now)
    {
        var own = 1 - _loss.Own;
        var acked = _acked.TryGet(out var passed) ? passed / own : 0;
        var sent = _sent.TryGet(out var left) ? left : 0;
        var use = _gradient.Use;
        if (use == BandwidthUse.OverUse || _queue.Standing > StandingQueue.Limit(_rate.Target) / 2) _loss.NoteQueue();
        JudgeLoss(now);
        JudgeProbe(now);

        if (use == BandwidthUse.OverUse && _probes.IsUnderWay(now) && _queue.Standing < StandingQueue.Limit(_rate.Target))
        {
            use = BandwidthUse.UnderUse;   // the probe's own queue; it drains by itself
        }

        if (use == BandwidthUse.OverUse) Trouble(now);
        var sample = new RateSample(use, acked, _acked.Latest / own, sent, RoundTrip, MayGrow(now), _wanted);
        if (_rate.Update(now, sample)) Reason = use == BandwidthUse.OverUse ? EstimateReason.OverUse : EstimateReason.Growth;
        if (_queue.Asks(now, _rate.Target, RoundTrip))
        {
            Trouble(now);
            if (_rate.Decrease(now, sample)) Reason = EstimateReason.StandingQueue;
        }

        PlanProbe(now);
    }

    private void JudgeLoss(Instant now)
    {
        if (!_loss.TryJudge(now) || _loss.Verdict != LossVerdict.Decrease) return;

        Trouble(now);
        if (_rate.Reduce(_loss.Factor, _options.SilentFloor)) Reason = EstimateReason.Loss;
    }

    private void JudgeProbe(Instant now)
    {
        if (!_probes.TryJudge(now, _told, _rate.Target, RoundTrip, out var found)) return;
        if (_rate.Raise(Math.Min(found, _wanted))) Reason = EstimateReason.Probe;
    }

    private void PlanProbe(Instant now)
    {
        // The first words of a viewer do not tell yet whether the path is calm.
        if (_firstFeedback == Instant.Never || now - _firstFeedback < TimeSpan.FromMilliseconds(300) || _silence.Before != 0) return;
        if (MayGrow(now) && now - _troubledAt >= Calm) _probes.Plan(now, _rate.Target, _wanted, _gradient.Jitter);
    }

    /// <summary>Without a queue, loss of some percent is the link's and no sign of congestion (where the draft would hold).</summary>
    private bool MayGrow(Instant now) =>
        _queue.Standing < StandingQueue.Limit(_rate.Target) / 2 &&
        (_loss.Verdict == LossVerdict.Grow || (_loss.Verdict == LossVerdict.Hold && now - _troubledAt >= Calm));

    private void Trouble(Instant now)
    {
        _troubledAt = now;
        _probes.Postpone(now);
    }

    private void NoteRoundTrip(TimeSpan told, TimeSpan seen)
    {
        // What is seen includes how long the viewer gathered its feedback.
        var sample = told > TimeSpan.Zero ? told : seen;
        sample = TimeSpan.FromTicks(Math.Clamp(sample.Ticks, TimeSpan.TicksPerMillisecond, 3 * TimeSpan.TicksPerSecond));
        RoundTrip = RoundTrip == TimeSpan.Zero ? sample : ((RoundTrip * 7) + sample) / 8;
    }
}
