using Streaming.Rtc;

namespace Streaming.Tests.Shared.Links;

/// <summary>What becomes of a datagram.</summary>
internal enum LinkFate
{
    /// <summary>It arrives.</summary>
    Delivered,

    /// <summary>The link lost it on the way, alone or in a burst.</summary>
    Lost,

    /// <summary>Too much was waiting before it.</summary>
    QueueFull,

    /// <summary>The link was down, or went down while it waited.</summary>
    Down,
}

/// <summary>One direction of a link: told when a datagram comes and how large it is, it says when and whether that arrives.</summary>
/// <remarks>Pure: no clock, no socket. The same seed gives the same fates. Datagrams are told in the order of time.</remarks>
internal sealed class LinkModel
{
    private readonly Random _random;
    private IReadOnlyList<(TimeSpan From, LinkWay Way)> _steps;
    private Instant _began;
    private Instant _free = Instant.LongAgo;        // when the last one that waits has left
    private Instant _lastArrival = Instant.LongAgo;
    private bool _isInBurst;

    /// <summary>Makes one that is idle.</summary>
    /// <param name="steps">What it is like over time; the first step begins at zero.</param>
    /// <param name="seed">Of its luck.</param>
    /// <param name="began">When the first step begins.</param>
    public LinkModel(IReadOnlyList<(TimeSpan From, LinkWay Way)> steps, int seed, Instant began)
    {
        (_steps, _began, _random) = (Check(steps), began, new Random(seed));
    }

    /// <summary>Makes the link another one from now on. What is on its way arrives as it would have.</summary>
    public void Change(Instant now, IReadOnlyList<(TimeSpan From, LinkWay Way)> steps) => (_steps, _began) = (Check(steps), now);

    /// <summary>Takes a datagram.</summary>
    /// <param name="now">When it comes.</param>
    /// <param name="length">Its UDP payload, in bytes.</param>
    /// <param name="arrival">When it arrives; without meaning when it does not.</param>
    public LinkFate Take(Instant now, int length, out Instant arrival)
    {
        arrival = Instant.Never;
        var way = At(now, out _);
        if (way.IsDown) return LinkFate.Down;

        // Bits on a link's queue are spent even when the datagram is lost behind it: that is where weak links lose them.
        var bits = (length + LinkWay.HeaderBytes) * 8.0;
        var waiting = Backlog(now);
        if (waiting > 0 && (waiting + bits) / 8 > way.QueueLimit) return LinkFate.QueueFull;
        if (!TryTransmit(now, bits, out var left)) return LinkFate.Down;
        if (IsLost(way)) return LinkFate.Lost;

        arrival = left + way.Delay + (_random.NextDouble() * way.Jitter);
        if (way.Reorder > 0 && _random.NextDouble() < way.Reorder)
        {
            arrival += way.ReorderBy;
            return LinkFate.Delivered;
        }

        arrival = arrival > _lastArrival ? arrival : _lastArrival;
        _lastArrival = arrival;
        return LinkFate.Delivered;
    }

    private static IReadOnlyList<(TimeSpan From, LinkWay Way)> Check(IReadOnlyList<(TimeSpan From, LinkWay Way)> steps)
    {
        if (steps.Count == 0 || steps[0].From != TimeSpan.Zero || steps.Zip(steps.Skip(1)).Any(pair => pair.First.From >= pair.Second.From))
        {
            throw new ArgumentException("The steps of a link begin at zero and follow each other in time.", nameof(steps));
        }

        return steps;
    }

    private bool IsLost(LinkWay way)
    {
        var bursts = way.Bursts;
        if (bursts.Share > 0)
        {
            _isInBurst = _random.NextDouble() < (_isInBurst ? 1 - bursts.Ends : bursts.Begins);
            if (_isInBurst) return true;
        }

        return way.Loss > 0 && _random.NextDouble() < way.Loss;
    }

    /// <summary>What the link is like at a time, and until when.</summary>
    private LinkWay At(Instant time, out Instant until)
    {
        var i = _steps.Count - 1;
        while (i > 0 && _began + _steps[i].From > time)
        {
            i--;
        }

        until = i + 1 < _steps.Count ? _began + _steps[i + 1].From : Instant.Never;
        return _steps[i].Way;
    }

    /// <summary>Bits that wait: what leaves from now until the link is free.</summary>
    private double Backlog(Instant now)
    {
        var bits = 0.0;
        for (var time = now; time < _free;)
        {
            var way = At(time, out var until);
            var end = Instant.Earlier(until, _free);
            bits += way.IsDown ? 0 : (way.BitsPerSecond ?? 0) * (end - time).TotalSeconds;
            time = end;
        }

        return bits;
    }

    /// <summary>Puts bits behind those that wait, at whatever rate the link has as they leave.</summary>
    /// <returns>False when the link goes down before they have left.</returns>
    private bool TryTransmit(Instant now, double bits, out Instant left)
    {
        left = _free > now ? _free : now;
        while (true)
        {
            var way = At(left, out var until);
            if (way.IsDown) return false;
            if (way.BitsPerSecond is not { } rate) break;

            var time = TimeSpan.FromSeconds(bits / rate);
            if (until == Instant.Never || left + time <= until)
            {
                left += time;
                break;
            }

            bits -= rate * (until - left).TotalSeconds;
            left = until;
        }

        _free = left;
        return true;
    }
}
