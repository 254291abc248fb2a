using System.Runtime.CompilerServices;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Keeps one watcher's numbering unbroken while the streams behind it change.</summary>
/// <remarks>
/// Every source has its own random start of sequence numbers and timestamps; the watcher sees one stream. A gap in the source stays a gap,
/// so that the watcher notices what was lost and asks for it. A number that carried nothing is left out.
/// </remarks>
internal struct SequenceRewriter
{
    private const int LateWindow = 4_000;   // within what OutboundSrtpStream.Window can tell apart

    private SequenceNumber _firstSource;
    private SequenceNumber _lastSource;
    private SequenceNumber _lastNumber;
    private uint _lastTimestamp;
    private Instant _lastSent;
    private ushort _numberOffset;
    private uint _timestampOffset;
    private Skips _skipped;   // oldest first, none older than the first source number
    private int _skips;

    /// <param name="number">Where the watcher's numbering starts; random (RFC 3550 §5.1), below 32 768 (RFC 3711 §3.3.1: no early wrap).</param>
    /// <param name="timestamp">Where its timestamps start; random.</param>
    public SequenceRewriter(ushort number, uint timestamp)
    {
        _lastNumber = new SequenceNumber((ushort)(number - 1));
        _lastTimestamp = timestamp;
    }

    /// <summary>Whether a source was ever continued from.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>The newest of the source's packets that was numbered or left out; only once <see cref="HasStarted"/>.</summary>
    public readonly SequenceNumber LastSource => _lastSource;

    /// <summary>Continues with another source, or with the same one after a pause in forwarding.</summary>
    /// <param name="now">When; the watcher's timestamps go on by the time that has passed since the last packet.</param>
    /// <param name="number">The first packet that will be mapped; older ones are refused.</param>
    /// <param name="timestamp">The source's timestamp that falls on <paramref name="now"/>.</param>
    /// <param name="clockRate">Clock of the codec in Hz.</param>
    public void Continue(Instant now, SequenceNumber number, uint timestamp, int clockRate)
    {
        // At least one frame's worth (30 ms), so that two sources never share a timestamp.
        var elapsed = HasStarted ? Math.Clamp((now - _lastSent).TotalSeconds, 0.03, 3_600) : 0;
        _firstSource = number;
        _lastSource = new SequenceNumber((ushort)(number.Value - 1));
        _numberOffset = (ushort)(_lastNumber.Value + 1 - number.Value);
        _timestampOffset = _lastTimestamp + (uint)(long)(elapsed * clockRate) - timestamp;
        _lastSent = now;
        _skips = 0;
        HasStarted = true;
    }

    /// <summary>Continues with another source whose timestamps go on where those of the former one stopped.</summary>
    /// <param name="number">The first packet that will be mapped; older ones are refused.</param>
    public void ContinueOnSameClock(SequenceNumber number)
    {
        _firstSource = number;
        _lastSource = new SequenceNumber((ushort)(number.Value - 1));
        _numberOffset = (ushort)(_lastNumber.Value + 1 - number.Value);
        _skips = 0;
    }

    /// <summary>Leaves out a number of the source that carried nothing but padding, so that the watcher sees no gap there.</summary>
    /// <remarks>One that comes behind later packets keeps the number that was left for it: those behind it are numbered already.</remarks>
    public void Skip(SequenceNumber number)
    {
        if (!HasStarted || !number.IsNewerThan(_lastSource))
        {
            return;
        }

        if (_skips == Skips.Capacity)
        {
            _firstSource = _skipped[0] + 1;   // how what is older was numbered is forgotten here
            ForgetOldestSkip();
        }

        _skipped[_skips++] = number;
        _numberOffset--;
        _lastSource = number;
        _lastNumber = number + _numberOffset;
    }

    /// <summary>Makes room for a packet that is not the source's next: it gets the number that follows all that were given.</summary>
    /// <remarks>How what came before was numbered is forgotten: what is late now is refused.</remarks>
    public SequenceNumber Insert()
    {
        _firstSource = _lastSource + 1;
        _skips = 0;
        _numberOffset++;
        return _lastNumber += 1;
    }

    /// <summary>Gives a source's packet its number, late ones the number that was left for them.</summary>
    /// <returns>False for a packet from before <see cref="Continue"/>: its number belongs to the former source.</returns>
    /// <param name="now">The time.</param>
    /// <param name="number">The source's number.</param>
    /// <param name="mappedTimestamp">The timestamp that the watcher will see on it.</param>
    /// <param name="mapped">The watcher's number.</param>
    public bool TryMap(Instant now, SequenceNumber number, uint mappedTimestamp, out SequenceNumber mapped)
    {
        mapped = number + _numberOffset;
        if (number.IsNewerThan(_lastSource))
        {
            _lastSource = number;
            _lastNumber = mapped;
            _lastTimestamp = mappedTimestamp;
            _lastSent = now;
            if (number.DistanceFrom(_firstSource) > LateWindow)
            {
                _firstSource = number + -LateWindow;   // keeps "older than the first" away from the wrap
                while (_skips > 0 && _firstSource.IsNewerThan(_skipped[0]))
                {
                    ForgetOldestSkip();
                }
            }

            return true;
        }

        for (var i = _skips; i-- > 0 && !number.IsNewerThan(_skipped[i]);)
        {
            if (number == _skipped[i])
            {
                return false;   // it has no number
            }

            mapped += 1;
        }

        return number == _firstSource || number.IsNewerThan(_firstSource);
    }

    /// <summary>The watcher's timestamp for a source's timestamp.</summary>
    public readonly uint MapTimestamp(uint timestamp) => timestamp + _timestampOffset;

    private void ForgetOldestSkip()
    {
        _skips--;
        for (var i = 0; i < _skips; i++)
        {
            _skipped[i] = _skipped[i + 1];
        }
    }

    [InlineArray(Capacity)]
    private struct Skips
    {
        public const int Capacity = 16;

        private SequenceNumber _first;
    }
}
