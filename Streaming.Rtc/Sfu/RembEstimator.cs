namespace Streaming.Rtc.Sfu;

/// <summary>What a publisher is told it may send (REMB), from the loss on its way to us.</summary>
/// <remarks>
/// Chromium's sender stays at 300 kbit/s until somebody tells it more. Loss below 2 % lets the rate grow, above 10 % cuts it by half the
/// loss: the loss-based controller of draft-ietf-rmcat-gcc-02 §6.
/// </remarks>
internal sealed class RembEstimator(int maximum)
{
    /// <summary>The least that is ever asked for, in bit/s: enough for speech and a small picture.</summary>
    public const int Minimum = 150_000;

    private const double Growth = 1.08;
    private double _bitrate = Math.Min(1_500_000, maximum);

    /// <summary>The rate to tell, in bit/s.</summary>
    public uint Bitrate => (uint)_bitrate;

    /// <summary>Takes one interval's loss, about once a second.</summary>
    /// <param name="lostFraction">0 to 1.</param>
    public void Update(double lostFraction)
    {
        _bitrate = lostFraction switch
        {
            < 0.02 => _bitrate * Growth,
            > 0.10 => _bitrate * (1 - (0.5 * lostFraction)),
            _ => _bitrate,
        };
        _bitrate = Math.Clamp(_bitrate, Minimum, maximum);
    }
}
