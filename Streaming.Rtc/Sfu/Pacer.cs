namespace Streaming.Rtc.Sfu;

/// <summary>How much picture may leave to one viewer by now. A frame of usual size passes whole, as one segmented send; a key frame is spread.</summary>
/// <remarks>Belongs to one <see cref="ViewerLink"/>. Voice is never held back; what it takes is taken from the pictures.</remarks>
internal struct Pacer
{
    /// <summary>How much of the rate may leave at once: more than a frame's time.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(40);

    /// <summary>What voice and repeated packets can run up.</summary>
    private static readonly TimeSpan Debt = TimeSpan.FromMilliseconds(100);

    private double _bytesPerTick;
    private double _bytes;
    private Instant _filledAt;

    /// <summary>Sets the rate, in bit/s on the wire.</summary>
    public void SetRate(Instant now, double bitrate)
    {
        Fill(now);
        _bytesPerTick = bitrate / 8 / TimeSpan.TicksPerSecond;
    }

    /// <summary>Whether the next packet may leave.</summary>
    public bool MayPass(Instant now)
    {
        Fill(now);
        return _bytes > 0;
    }

    /// <summary>A packet leaves.</summary>
    public void Spend(int bytes) => _bytes = Math.Max(_bytes - bytes, -_bytesPerTick * Debt.Ticks);

    private void Fill(Instant now)
    {
        if (now > _filledAt)
        {
            _bytes = Math.Min(_bytes + ((now - _filledAt).Ticks * _bytesPerTick), _bytesPerTick * Burst.Ticks);
            _filledAt = now;
        }
    }
}
