namespace Streaming.Rtc.Sfu;

/// <summary>One source of a class as it is sent: its simulcast layers, the smallest first, and which of them are alive.</summary>
/// <remarks>
/// Belongs to one <see cref="Room"/>; only its RTC worker calls it. Whoever has little bandwidth pauses the larger layers. A layer is dead when it
/// had no picture for <see cref="Patience"/> while others had: when nothing comes at all, the way is broken, and no layer is to blame. What
/// is alive depends on the publisher's packets alone, never on who watches.
/// </remarks>
internal sealed class SourceLayers
{
    /// <summary>How long a layer may be silent beside others that are not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    // What is longer between two pictures is not a rhythm by which a layer could be judged.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);
    private SourceTrack[] _tracks = [];
    private Instant _newest = Instant.LongAgo;

    /// <summary>The layers, the smallest first; one for a source without simulcast, none while nobody sends it.</summary>
    public IReadOnlyList<SourceTrack> Tracks => _tracks;

    /// <summary>The same, to be gone through without allocating.</summary>
    public ReadOnlySpan<SourceTrack> Span => _tracks;

    /// <summary>The largest layer that can be shown now: alive, and begun with a picture that a decoder can start with; null when there is none at all.</summary>
    public SourceTrack? Best { get; private set; }

    /// <summary>Takes the layers that there are now; those that were there before keep their lives.</summary>
    /// <param name="tracks">The smallest first.</param>
    public void Set(SourceTrack[] tracks)
    {
        _tracks = tracks;
        if (tracks is [var single])
        {
            single.Wake();
        }

        if (Best is null || !tracks.Contains(Best))
        {
            Best = null;
            Best = Choose();
        }
    }

    /// <summary>Whether this is one of them.</summary>
    public bool Contains(SourceTrack track) => _tracks.Contains(track);

    /// <summary>Judges by what has come since the last time.</summary>
    /// <returns>Whether <see cref="Best"/>, or who is alive, is another now.</returns>
    public bool Tick()
    {
        if (_tracks.Length < 2)
        {
            return false;
        }

        var hasChanged = Judge();
        var best = Choose();
        hasChanged |= best != Best;
        Best = best;
        return hasChanged;
    }

    private bool Judge()
    {
        var newest = _newest;
        foreach (var track in _tracks)
        {
            newest = track.LastPicture > newest ? track.LastPicture : newest;
        }

        var passed = newest - _newest < LongestPause ? newest - _newest : LongestPause;
        var hasChanged = false;
        foreach (var track in _tracks)
        {
            var wasAlive = track.IsAlive;
            if (!track.IsOn)
            {
                track.Wait(Patience, Patience);   // which of them come when it is switched on again is not known
            }
            else if (track.LastPicture > _newest)
            {
                track.Wake();
            }
            else
            {
                track.Wait(passed, Patience);
            }

            hasChanged |= wasAlive != track.IsAlive;
        }

        _newest = newest;
        return hasChanged;
    }

    // Up only to what can be shown at once; down to whatever is alive, where a key frame is asked for if need be.
    private SourceTrack? Choose()
    {
        SourceTrack? largest = null;
        for (var i = _tracks.Length - 1; i >= 0; i--)
        {
            var track = _tracks[i];
            if (!track.IsAlive)
            {
                continue;
            }

            if (track == Best || track.CanStart)
            {
                return track;
            }

            largest ??= track;
        }

        return largest ?? Best ?? (_tracks is [var first, ..] ? first : null);
    }
}
