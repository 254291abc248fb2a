using System.Runtime.CompilerServices;

namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>Whether the path's queues grow, from how much later each group of packets comes than the one before (draft-ietf-rmcat-gcc-02 §5).</summary>
/// <remarks>
/// Packets that leave within 5 ms are one group (§5.1): a picture of many packets, or a run that left as one segmented send. The variation of
/// delay between groups is summed up and smoothed, and a line laid through the last twenty; its slope, times the groups known and a
/// gain, is what the threshold is compared with. That is the trendline filter, the successor of the draft's Kalman filter (§5.3).
/// </remarks>
internal sealed class DelayGradient
{
    private const int Window = 20;
    private const int MostGroups = 60;

    /// <summary>A line through fewer says nothing; waiting for all twenty would let a weak link's queue fill for seconds at the start.</summary>
    private const int FewestGroups = 10;
    private const double Gain = 4;
    private const double Smoothing = 0.9;
    private const double JitterWeight = 1 / 32.0;
    private const long BurstTicks = 5 * TimeSpan.TicksPerMillisecond;
    private const long LongestBurstTicks = 100 * TimeSpan.TicksPerMillisecond;

    /// <summary>A pause or a leap of a clock over which no trend makes sense.</summary>
    private const long LeapTicks = 2 * TimeSpan.TicksPerSecond;

    private Points _at;
    private Points _delay;
    private OverUseDetector _detector = new();
    private Group _group;
    private Group _before;
    private int _groups;
    private double _accumulated;
    private double _smoothed;
    private double _jitter;
    private long _firstArrival;

    /// <summary>What the delays say now.</summary>
    public BandwidthUse Use => _detector.Use;

    /// <summary>How much the delay grows, in ms, weighed as the threshold is; for tests and gauges.</summary>
    public double Trend { get; private set; }

    /// <summary>How much the delay varies from group to group, a smoothed mean.</summary>
    public TimeSpan Jitter => TimeSpan.FromMilliseconds(_jitter);

    /// <summary>Takes a packet that has arrived, in the order of sending.</summary>
    /// <param name="sentAt">When it left, in ticks of our clock.</param>
    /// <param name="arrivedAt">When it came, in ticks of the viewer's clock.</param>
    public void Add(long sentAt, long arrivedAt)
    {
        if (!_group.IsBegun)
        {
            _group = new Group(sentAt, arrivedAt);
            return;
        }

        if (Math.Abs(sentAt - _group.LastSent) > LeapTicks || Math.Abs(arrivedAt - _group.LastArrival) > LeapTicks)
        {
            Reset();
            _group = new Group(sentAt, arrivedAt);
            return;
        }

        if (sentAt < _group.FirstSent) return;
        if (_group.Takes(sentAt, arrivedAt)) return;

        if (_before.IsBegun && _group.LastArrival > _before.LastArrival) Judge();
        if (!_before.IsBegun || _group.LastArrival > _before.LastArrival) _before = _group;
        _group = new Group(sentAt, arrivedAt);
    }

    /// <summary>Forgets the groups, and keeps the threshold that was learned.</summary>
    public void Reset()
    {
        (_group, _before, _groups) = (default, default, 0);
        (_accumulated, _smoothed, Trend) = (0, 0, 0);
        _detector.Add(0, 0);
    }

    private static double Milliseconds(long ticks) => ticks / (double)TimeSpan.TicksPerMillisecond;

    private void Judge()
    {
        var between = _group.LastArrival - _before.LastArrival;
        var variation = Milliseconds(between - (_group.LastSent - _before.LastSent));
        _accumulated += variation;
        _jitter += JitterWeight * (Math.Abs(variation) - _jitter);
        _smoothed = (Smoothing * _smoothed) + ((1 - Smoothing) * _accumulated);
        if (_groups == 0) _firstArrival = _group.LastArrival;

        var slot = _groups % Window;
        _at[slot] = Milliseconds(_group.LastArrival - _firstArrival);
        _delay[slot] = _smoothed;
        _groups++;
        if (_groups < FewestGroups) return;

        Trend = Math.Min(_groups, MostGroups) * Slope() * Gain;
        _detector.Add(Trend, Milliseconds(between));
        if (_groups >= Window * 100_000) _groups = Window * 1_000;   // the same slots, and no overflow in a week of lesson
    }

    /// <summary>The slope of the line through the window, by least squares.</summary>
    private double Slope()
    {
        var count = Math.Min(_groups, Window);
        var (meanAt, meanDelay) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            meanAt += _at[i];
            meanDelay += _delay[i];
        }

        (meanAt, meanDelay) = (meanAt / count, meanDelay / count);
        var (covariance, variance) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            covariance += (_at[i] - meanAt) * (_delay[i] - meanDelay);
            variance += (_at[i] - meanAt) * (_at[i] - meanAt);
        }

        return variance == 0 ? 0 : covariance / variance;
    }

    [InlineArray(Window)]
    private struct Points
    {
        private double _first;
    }

    /// <summary>Packets that count as sent together.</summary>
    private struct Group(long sentAt, long arrivedAt)
    {
        private readonly long _firstArrival = arrivedAt;

        public readonly bool IsBegun = true;
        public readonly long FirstSent = sentAt;
        public long LastSent = sentAt;
        public long LastArrival = arrivedAt;

        /// <summary>Takes a packet that belongs to the group: sent within 5 ms, or held up and come in a burst behind it (§5.2).</summary>
        public bool Takes(long sent, long arrival)
        {
            var late = arrival - LastArrival - (sent - LastSent);
            var isBurst = late < 0 && arrival - LastArrival <= BurstTicks && arrival - _firstArrival < LongestBurstTicks;
            if (sent - FirstSent > BurstTicks && !isBurst) return false;

            LastSent = Math.Max(LastSent, sent);
            LastArrival = Math.Max(LastArrival, arrival);
            return true;
        }
    }
}
