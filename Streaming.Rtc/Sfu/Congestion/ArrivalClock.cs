using Streaming.Rtc.Rtcp;

namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>The viewer's clock, unwrapped from the 24 bits of its feedbacks' reference times.</summary>
internal struct ArrivalClock
{
    private bool _started;
    private long _reference;

    /// <summary>Takes the next feedback's reference time.</summary>
    /// <param name="referenceTime">In units of 64 ms, 24 bits with sign.</param>
    /// <returns>The same in ticks of 100 ns since an arbitrary start, to which its packets' arrivals are added.</returns>
    public long Unwrap(int referenceTime)
    {
        _reference = _started ? _reference + ((int)((uint)(referenceTime - (int)_reference) << 8) >> 8) : referenceTime;
        _started = true;
        return _reference * TransportFeedbackFormat.UnitsPerReference * TransportFeedbackFormat.TicksPerUnit;
    }
}
