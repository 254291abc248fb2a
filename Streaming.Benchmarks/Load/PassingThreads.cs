namespace Streaming.Benchmarks.Load;

/// <summary>Adds up what threads use that come and go: looked at often enough, little of them is missed.</summary>
internal sealed class PassingThreads
{
    private Dictionary<int, double> _last = [];
    private bool _began;

    /// <summary>Seconds of CPU since the first look.</summary>
    public double Used { get; private set; }

    /// <summary>Looks at those that are there now.</summary>
    /// <param name="threads">The CPU seconds of each since it runs, by its number. A number that was not there at the last look is a new thread.</param>
    public void Look(IEnumerable<KeyValuePair<int, double>> threads)
    {
        var now = new Dictionary<int, double>(threads);
        foreach (var (thread, seconds) in now)
        {
            Used += !_began ? 0 : _last.TryGetValue(thread, out var before) && before <= seconds ? seconds - before : seconds;
        }

        (_last, _began) = (now, true);
    }
}
