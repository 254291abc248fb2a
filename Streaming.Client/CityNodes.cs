namespace Streaming.Client;

/// <summary>The servers of a city, any of which knows where a class lives: which one to try next.</summary>
/// <remarks>Not safe for threads.</remarks>
internal sealed class CityNodes
{
    private const int Patience = 2;     // so many failures in a row, and the next is tried
    private const int MostJumps = 5;    // led on more often than this within JumpsWithin, it is a circle

    private static readonly TimeSpan JumpsWithin = TimeSpan.FromSeconds(10);

    private readonly Uri _first;
    private readonly TimeProvider _clock;
    private readonly HashSet<Uri> _down = [];   // those that failed since a seat was taken: one failure more is enough
    private readonly Queue<long> _jumps = [];
    private List<Uri> _ring;
    private int _failures;

    /// <summary>Knows one server, and hears of the others from it.</summary>
    public CityNodes(Uri first, TimeProvider clock) => (_first, _clock, Current, _ring) = (first, clock, first, [first]);

    /// <summary>The one to try.</summary>
    public Uri Current { get; private set; }

    /// <summary>The seat was taken at <see cref="Current"/>.</summary>
    /// <param name="others">The others, by its word; null where it is alone.</param>
    public void Arrived(IReadOnlyList<string>? others)
    {
        _ring = [.. new[] { Current, _first }.Concat((others ?? []).Select(AddressOf).OfType<Uri>()).Distinct()];
        _down.Clear();
        _failures = 0;
    }

    /// <summary>No seat was to be had at <see cref="Current"/>.</summary>
    /// <param name="hangs">Whether it did not even refuse: then it is not waited for again.</param>
    public void Failed(bool hangs)
    {
        _down.Add(Current);
        _failures += hangs ? Patience : 1;
        if (_failures >= Patience)
        {
            Go(_ring[(_ring.IndexOf(Current) + 1) % _ring.Count]);
        }
    }

    /// <summary>The class lives elsewhere, by the word of <see cref="Current"/>.</summary>
    /// <param name="address">The sentence of the refusal.</param>
    /// <returns>Whether to go there without a wait.</returns>
    public bool Jump(string address)
    {
        if (AddressOf(address) is not { } server)
        {
            Failed(hangs: false);
            return false;
        }

        if (!_ring.Contains(server))
        {
            _ring.Add(server);
        }

        Go(server);
        while (_jumps.TryPeek(out var at) && _clock.GetElapsedTime(at) >= JumpsWithin)
        {
            _jumps.Dequeue();
        }

        _jumps.Enqueue(_clock.GetTimestamp());
        return _jumps.Count <= MostJumps;
    }

    private static Uri? AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    private void Go(Uri server)
    {
        Current = server;
        _failures = _down.Contains(server) ? Patience - 1 : 0;
    }
}
