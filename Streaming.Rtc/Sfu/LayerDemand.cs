namespace Streaming.Rtc.Sfu;

/// <summary>Which of the camera's layers somebody wants, so that the publisher need not send the others.</summary>
/// <remarks>
/// Belongs to one <see cref="Room"/>. Decided from members alone; an observer takes what there is. The smallest layer always goes: it is what a late
/// comer begins with, and whoever sits in unseen would otherwise be the only one for whom it comes. Up at once, down after <see cref="Calm"/>: a layer
/// that comes back costs a key frame.
/// </remarks>
internal struct LayerDemand
{
    /// <summary>Every layer that there is.</summary>
    public const int Everything = int.MaxValue;

    private Instant? _lessSince;

    /// <summary>Begins with everything: that is what a new publisher sends.</summary>
    public LayerDemand()
    {
    }

    /// <summary>How long a layer must have been wanted by nobody.</summary>
    public static TimeSpan Calm => TimeSpan.FromSeconds(10);

    /// <summary>The largest layer that is to be sent, 0 for the smallest.</summary>
    public int Top { get; private set; } = Everything;

    /// <summary>Takes what is wanted now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="wanted">The largest layer that somebody wants; −1 when nobody wants any.</param>
    /// <returns>Whether <see cref="Top"/> is another now.</returns>
    public bool Update(Instant now, int wanted)
    {
        wanted = Math.Max(0, wanted);
        if (wanted >= Top)
        {
            _lessSince = null;
            (var before, Top) = (Top, wanted);
            return before != wanted;
        }

        _lessSince ??= now;
        if (now - _lessSince < Calm)
        {
            return false;
        }

        (_lessSince, Top) = (null, wanted);
        return true;
    }
}
