using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>The replay windows of a session by SSRC: few enough to look through, and mostly the one of the packet before.</summary>
internal sealed class ReplayTable(int capacity, int windowSize)
{
    private readonly uint[] _ssrcs = new uint[capacity];
    private readonly ReplayWindow[] _windows = new ReplayWindow[capacity];
    private int _count;
    private int _last;

    /// <summary>Whether no further SSRC can be added.</summary>
    internal bool IsFull => _count == _ssrcs.Length;

    /// <summary>The window of an SSRC; null when it has none yet.</summary>
    internal ReplayWindow? Find(Ssrc ssrc)
    {
        if (_last < _count && _ssrcs[_last] == ssrc.Value)
            return _windows[_last];

        var found = _ssrcs.AsSpan(0, _count).IndexOf(ssrc.Value);
        if (found < 0)
            return null;

        _last = found;
        return _windows[found];
    }

    /// <summary>Makes the window of an SSRC that has none. The table must not be full.</summary>
    internal ReplayWindow Add(Ssrc ssrc)
    {
        var window = new ReplayWindow(windowSize);
        (_ssrcs[_count], _windows[_count]) = (ssrc.Value, window);
        _last = _count++;
        return window;
    }
}
