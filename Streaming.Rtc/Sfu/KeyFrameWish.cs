namespace Streaming.Rtc.Sfu;

/// <summary>When one track is asked for a key frame: everybody's wishes merged and throttled.</summary>
/// <remarks>
/// Who waits for a first picture, and a hole that nothing will fill, are served at once, but for the shortest interval. Decoders that are lost again and again
/// are not: many weak links together would keep the picture of all the others at nothing but key frames.
/// </remarks>
internal sealed class KeyFrameWish
{
    /// <summary>The longest that a lost decoder waits, however many ask.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Calm = LongestPause * 2;
    private readonly TimeSpan _interval;
    private bool _isWanted;
    private bool _isRepairWanted;
    private Instant _asked = Instant.LongAgo;
    private TimeSpan _pause;

    /// <param name="interval">The shortest time between two requests.</param>
    public KeyFrameWish(TimeSpan interval) => (_interval, _pause) = (interval, interval);

    /// <summary>Somebody has no picture to begin with, or the last one cannot be continued.</summary>
    public void Want() => _isWanted = true;

    /// <summary>A watcher's decoder is lost.</summary>
    public void WantRepair() => _isRepairWanted = true;

    /// <summary>A key frame came, whoever wished for it.</summary>
    public void Fulfil() => (_isWanted, _isRepairWanted) = (false, false);

    /// <summary>Whether to ask now. A request that no key frame answers is repeated.</summary>
    public bool TryTake(Instant now)
    {
        var since = now - _asked;
        if (_isWanted && since >= _interval)
        {
            _asked = now;
            return true;
        }

        if (!_isRepairWanted || since < _pause)
        {
            return false;
        }

        _pause = since > Calm ? _interval : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        (_asked, _isWanted) = (now, true);
        return true;
    }
}
