namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>Compares the trend of the delays with a threshold that adapts to how restless the path is (draft-ietf-rmcat-gcc-02 §5.4).</summary>
/// <remarks>
/// The threshold follows the trend, quickly down and slowly up, so that neither a path with jitter looks congested nor a concurrent TCP
/// flow starves us (gains: table 1 of the draft's successor, the trendline filter).
/// </remarks>
internal struct OverUseDetector()
{
    private const double Smallest = 6;
    private const double Largest = 600;
    private const double GainUp = 0.0087;
    private const double GainDown = 0.039;

    /// <summary>A trend that leaps this far beyond the threshold is a change of route, and does not move it.</summary>
    private const double Outlier = 15;

    /// <summary>How long the trend must lie above before it counts as over-use.</summary>
    private const double LongEnough = 10;

    private double _threshold = 12.5;
    private double _above = -1;
    private int _timesAbove;
    private double _before;

    /// <summary>What the last trend meant.</summary>
    public BandwidthUse Use { get; private set; }

    /// <summary>The threshold, in ms of delay.</summary>
    public readonly double Threshold => _threshold;

    /// <summary>Takes the next trend.</summary>
    /// <param name="trend">How much the delay grows, in ms, over the groups that it was taken from.</param>
    /// <param name="sinceLast">Time since the last one, in ms.</param>
    public void Add(double trend, double sinceLast)
    {
        if (trend > _threshold)
        {
            _above = _above < 0 ? sinceLast / 2 : _above + sinceLast;
            _timesAbove++;
            if (_above > LongEnough && _timesAbove > 1 && trend >= _before)
            {
                (_above, _timesAbove) = (0, 0);
                Use = BandwidthUse.OverUse;
            }
        }
        else
        {
            (_above, _timesAbove) = (-1, 0);
            Use = trend < -_threshold ? BandwidthUse.UnderUse : BandwidthUse.Normal;
        }

        _before = trend;
        Adapt(Math.Abs(trend), Math.Clamp(sinceLast, 0, 100));
    }

    private void Adapt(double trend, double milliseconds)
    {
        if (trend > _threshold + Outlier) return;

        var gain = trend < _threshold ? GainDown : GainUp;
        _threshold = Math.Clamp(_threshold + (gain * (trend - _threshold) * milliseconds), Smallest, Largest);
    }
}
