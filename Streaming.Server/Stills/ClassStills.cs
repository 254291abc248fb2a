namespace Streaming.Server.Stills;

/// <summary>The last stills of every class, in memory alone.</summary>
/// <remarks>
/// Written by the class's runner before the class is told; read by whoever fetches, from any thread. Of a class at most
/// <see cref="Kept"/> stills of at most <see cref="Contracts.Still.MaxBytes"/>, so that who is told of one has the time to fetch it.
/// </remarks>
internal sealed class ClassStills
{
    /// <summary>How many stills of a class are kept.</summary>
    public const int Kept = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<StillImage>> _stills = new(StringComparer.Ordinal);

    /// <summary>How many bytes all stills take.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _stills.Values.Sum(stills => stills.Sum(still => (long)still.Bytes.Length));
            }
        }
    }

    /// <summary>Keeps a still, and lets go of the oldest when there are too many.</summary>
    public void Keep(string @class, StillImage still)
    {
        lock (_gate)
        {
            if (!_stills.TryGetValue(@class, out var stills))
            {
                _stills[@class] = stills = new List<StillImage>(Kept);
            }

            stills.RemoveAll(known => known.What.Hash == still.What.Hash);
            if (stills.Count == Kept)
            {
                stills.RemoveAt(0);
            }

            stills.Add(still);
        }
    }

    /// <summary>Lets go of all stills of a class.</summary>
    public void Drop(string @class)
    {
        lock (_gate)
        {
            _stills.Remove(@class);
        }
    }

    /// <summary>A still of a class by its hash; null when it is not, or no longer, there.</summary>
    public StillImage? Find(string @class, string hash)
    {
        lock (_gate)
        {
            return _stills.GetValueOrDefault(@class)?.Find(still => still.What.Hash == hash);
        }
    }
}
