using System.Runtime.CompilerServices;

namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>The rate of what has passed in the last half second of some clock.</summary>
/// <remarks>
/// Kept twice, over the same packets: by the viewer's clock when they came (the acked bitrate) and by ours when they were sent. Buckets of
/// 50 ms in a ring; a time far from the last one begins afresh, for clocks that jump and senders that were silent.
/// </remarks>
internal sealed class BitrateWindow
{
    /// <summary>Over how long the rate is taken.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(500);

    private const long BucketTicks = 50 * TimeSpan.TicksPerMillisecond;
    private const int Buckets = 16;
    private const int WindowBuckets = 10;
    private const int LatestBuckets = 3;
    private const long ShortestTicks = 200 * TimeSpan.TicksPerMillisecond;

    private Bytes _bytes;
    private bool _started;
    private long _first;
    private long _newest;
    private long _newestTicks;

    /// <summary>Counts a packet.</summary>
    /// <param name="ticks">When, in ticks of 100 ns of any clock.</param>
    /// <param name="bytes">Its size, 0 or more.</param>
    public void Add(long ticks, int bytes)
    {
        // Most packets fall into the newest bucket; that spares a division.
        if (_started && (ulong)(ticks - (_newest * BucketTicks)) < BucketTicks)
        {
            _newestTicks = Math.Max(_newestTicks, ticks);
            Bucket(_newest) += bytes;
            return;
        }

        var bucket = Math.DivRem(ticks, BucketTicks, out var rest);
        if (rest < 0) bucket--;

        if (!_started || bucket >= _newest + Buckets || bucket <= _newest - Buckets)
        {
            _bytes = default;
            (_started, _first, _newest, _newestTicks) = (true, ticks, bucket, ticks);
        }

        for (; _newest < bucket; _newest++) Bucket(_newest + 1) = 0;
        _newestTicks = Math.Max(_newestTicks, ticks);
        Bucket(bucket) += bytes;
    }

    /// <summary>The rate of the last 150–200 ms, in bit/s; 0 while less than that is known.</summary>
    public double Latest
    {
        get
        {
            var oldest = _newest - LatestBuckets;
            return _started && _first <= oldest * BucketTicks ? Sum(oldest) * 8.0 * TimeSpan.TicksPerSecond / (_newestTicks - (oldest * BucketTicks)) : 0;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => _started = false;

    /// <summary>Takes the rate up to the newest packet.</summary>
    /// <param name="bitrate">In bit/s.</param>
    /// <returns>False while less than 200 ms are known.</returns>
    public bool TryGet(out double bitrate)
    {
        bitrate = 0;
        if (!_started) return false;

        var oldest = _newest - WindowBuckets;
        var ticks = _newestTicks - Math.Max(oldest * BucketTicks, _first);
        if (ticks < ShortestTicks) return false;

        bitrate = Sum(oldest) * 8.0 * TimeSpan.TicksPerSecond / ticks;
        return true;
    }

    private long Sum(long oldest)
    {
        long bytes = 0;
        for (var bucket = oldest; bucket <= _newest; bucket++) bytes += Bucket(bucket);
        return bytes;
    }

    private ref long Bucket(long number) => ref _bytes[(int)number & (Buckets - 1)];

    [InlineArray(Buckets)]
    private struct Bytes
    {
        private long _first;
    }
}
