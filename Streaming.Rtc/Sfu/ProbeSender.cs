using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Sfu;

/// <summary>Sends what the estimator wants to try evenly beside the media: padding on the stream of what is sent again, which shows nothing.</summary>
/// <remarks>Belongs to one <see cref="WatcherTransport"/>; only its RTC worker calls it.</remarks>
internal struct ProbeSender
{
    private const int MostAtOnce = 12;

    private ProbeCluster _cluster;
    private Instant _next;
    private int _left;

    /// <summary>Whether <see cref="Pump"/> wants to be called soon again.</summary>
    public readonly bool IsActive => _left > 0;

    /// <summary>Begins a probe if the estimator has one.</summary>
    public void Begin(Instant now, BitrateEstimator estimator)
    {
        if (!IsActive && estimator.TryTakeProbe(now, out _cluster))
        {
            (_left, _next) = (_cluster.Packets, now);
        }
    }

    /// <summary>Sends what is due by now.</summary>
    public void Pump(Instant now, Resender through, SendBatch batch)
    {
        for (var i = 0; i < MostAtOnce && IsActive && now >= _next; i++)
        {
            through.Pad(now, _cluster.PacketBytes, _cluster.Id, batch);
            _next += _cluster.Spacing;
            _left--;
        }
    }
}
