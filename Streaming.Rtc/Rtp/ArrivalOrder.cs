namespace Streaming.Rtc.Rtp;

/// <summary>How a packet stands to those of its stream that came before it.</summary>
internal enum Arrival
{
    /// <summary>Newer than all before it.</summary>
    Newest,

    /// <summary>Something newer came before it.</summary>
    Late,

    /// <summary>It came before, within the last 64 numbers.</summary>
    Duplicate,
}

/// <summary>Lets a stream pass in its order only.</summary>
/// <remarks>
/// A stream that begins anew far behind itself is believed at its second packet (RFC 3550 A.1), so that a lone stray one does no harm and a
/// restarted sender is not silenced for half a circle of numbers.
/// </remarks>
internal struct ArrivalOrder
{
    private const int Window = 64;
    private const int FarthestLate = 100;   // RFC 3550 A.1, MAX_MISORDER

    private SequenceNumber _newest;
    private SequenceNumber _anew;
    private ulong _seen;   // bit n: the number n places behind the newest
    private bool _hasStarted;
    private bool _mayBeAnew;

    /// <summary>Judges the next packet and remembers it.</summary>
    public Arrival Take(SequenceNumber number)
    {
        var distance = number.DistanceFrom(_newest);
        if (!_hasStarted || distance > 0)
        {
            _seen = distance is > 0 and < Window ? _seen << distance | 1 : 1;
            return Begin(number);
        }

        if (distance < -FarthestLate)
        {
            if (_mayBeAnew && number == _anew)
            {
                _seen = 1;
                return Begin(number);
            }

            (_mayBeAnew, _anew) = (true, number.Next);
            return Arrival.Late;
        }

        if (distance <= -Window) return Arrival.Late;

        var bit = 1UL << -distance;
        if ((_seen & bit) != 0) return Arrival.Duplicate;

        _seen |= bit;
        return Arrival.Late;
    }

    private Arrival Begin(SequenceNumber number)
    {
        (_newest, _hasStarted, _mayBeAnew) = (number, true, false);
        return Arrival.Newest;
    }
}
