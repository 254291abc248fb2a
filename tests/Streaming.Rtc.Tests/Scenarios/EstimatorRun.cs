namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>One link with one or more viewers behind it, in virtual time, the same every run; and the figures of it.</summary>
internal sealed class EstimatorRun
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private Instant _now;

    public EstimatorRun(int seed, double rate, double delay, double loss = 0, int viewers = 1)
    {
        // The way back shares the delay, and half of it lies on each.
        Down = new TestLink<NumberedPacket>(seed)
        {
            Rate = rate, Delay = TimeSpan.FromMilliseconds(delay / 2), Loss = loss, QueueLimit = TimeSpan.FromMilliseconds(500),
        };
        Viewers = [.. Enumerable.Range(0, viewers).Select(i => new EstimatedViewer(Down, seed + (10 * i)))];
        foreach (var viewer in Viewers) viewer.Up.Delay = TimeSpan.FromMilliseconds(delay / 2);
    }

    public TestLink<NumberedPacket> Down { get; }

    public EstimatedViewer[] Viewers { get; }

    public EstimatedViewer Viewer => Viewers[0];

    /// <summary>How many seconds the others begin after the first.</summary>
    public double Late { get; set; }

    /// <summary>Seconds since the start.</summary>
    public double Now => _now.Ticks / (double)TimeSpan.TicksPerSecond;

    /// <summary>Lets time pass.</summary>
    public void Run(double seconds)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end; _now += Millisecond)
        {
            while (Down.TryTake(_now, out var at, out var packet)) packet.Viewer.Arrive(at, packet);
            foreach (var viewer in Now < Late ? Viewers.AsSpan(0, 1) : Viewers) viewer.Step(_now);
        }
    }

    /// <summary>The mean of the estimate between two moments.</summary>
    public double Mean(double from, double to, int viewer = 0) => Between(Viewers[viewer].Targets, from, to).Average(value => (double)value);

    /// <summary>The least estimate between two moments.</summary>
    public int Least(double from, double to) => Between(Viewer.Targets, from, to).Min();

    /// <summary>The greatest estimate between two moments.</summary>
    public int Most(double from, double to) => Between(Viewer.Targets, from, to).Max();

    /// <summary>When the estimate first was at least so much after a moment; infinity when never.</summary>
    public double Reached(double from, int target) =>
        Viewer.Targets.Where(at => at.Second >= from && at.Target >= target).Select(at => at.Second).FirstOrDefault(double.PositiveInfinity);

    /// <summary>When the estimate first was at most so much after a moment; infinity when never.</summary>
    public double Fell(double from, int target) =>
        Viewer.Targets.Where(at => at.Second >= from && at.Target <= target).Select(at => at.Second).FirstOrDefault(double.PositiveInfinity);

    /// <summary>The wait in queues that a share of the packets stays below, in ms.</summary>
    public double Wait(double share, double from, double to)
    {
        var sorted = Between(Viewer.Waits, from, to).Order().ToArray();
        return sorted[(int)(share * (sorted.Length - 1))];
    }

    private static IEnumerable<TValue> Between<TValue>(IEnumerable<(double Second, TValue Value)> values, double from, double to) =>
        values.Where(at => at.Second >= from && at.Second < to).Select(at => at.Value);
}
