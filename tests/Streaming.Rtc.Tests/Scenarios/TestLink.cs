namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>One direction of a link in virtual time: a rate, a queue that drops at its tail, a delay with jitter, and loss. Seeded.</summary>
/// <remarks>Packets keep their order. Rate, delay and loss may be changed at any time.</remarks>
internal sealed class TestLink<T>(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Queue<(T Packet, int Bytes)> _queue = new();
    private readonly Queue<(Instant At, T Packet)> _flying = new();
    private double _queuedBits;
    private double _headLeft;
    private Instant _now;
    private Instant _lastArrival;
    private bool _isBad;
    private double _tokens;
    private Instant _tokensAt;

    /// <summary>In bit/s; 0 lets nothing through.</summary>
    public double Rate { get; set; } = 1_000_000_000;

    /// <summary>How long the queue may be, at the rate of now.</summary>
    public TimeSpan QueueLimit { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A policer before the queue: what exceeds this rate, in bit/s, by more than 100 ms of it is dropped. 0 for none.</summary>
    public double PolicedRate { get; set; }

    /// <summary>From the queue's end to the receiver.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Adds up to this, evenly spread.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>The share that is lost behind the queue, packet by packet.</summary>
    public double Loss { get; set; }

    /// <summary>How likely each packet begins a burst in which half is lost, and how likely each one of it ends it.</summary>
    public (double Begin, double End) Bursts { get; set; } = (0, 1);

    /// <summary>How long a packet that is sent now would stand in the queue.</summary>
    public TimeSpan Queued => Rate <= 0 ? (_queuedBits > 0 ? QueueLimit : TimeSpan.Zero) : TimeSpan.FromSeconds(_queuedBits / Rate);

    /// <summary>Packets that were dropped at the queue's tail.</summary>
    public int Overflowed { get; private set; }

    /// <summary>Packets that the policer dropped.</summary>
    public int Policed { get; private set; }

    /// <summary>Packets that were put in.</summary>
    public int Sent { get; private set; }

    /// <summary>Puts a packet in.</summary>
    public void Send(Instant now, T packet, int bytes)
    {
        Advance(now);
        var bits = bytes * 8.0;
        Sent++;
        if (IsPoliced(now, bits))
        {
            Policed++;
            return;
        }

        if (Rate <= 0 || (_queue.Count > 0 && (_queuedBits + bits) / Rate > QueueLimit.TotalSeconds))
        {
            Overflowed++;
            return;
        }

        if (_queue.Count == 0) _headLeft = bits;
        _queue.Enqueue((packet, bytes));
        _queuedBits += bits;
    }

    /// <summary>Takes a packet that has arrived by now.</summary>
    public bool TryTake(Instant now, out Instant at, out T packet)
    {
        Advance(now);
        (at, packet) = (default, default!);
        if (!_flying.TryPeek(out var first) || first.At > now) return false;

        (at, packet) = _flying.Dequeue();
        return true;
    }

    private bool IsPoliced(Instant now, double bits)
    {
        if (PolicedRate <= 0) return false;

        _tokens = Math.Min(PolicedRate * 0.1, _tokens + ((now - _tokensAt).TotalSeconds * PolicedRate));
        _tokensAt = now;
        if (_tokens < bits) return true;

        _tokens -= bits;
        return false;
    }

    private void Advance(Instant now)
    {
        while (_queue.Count > 0 && Rate > 0)
        {
            var needed = TimeSpan.FromSeconds(_headLeft / Rate);
            if (_now + needed > now)
            {
                var served = (now - _now).TotalSeconds * Rate;
                _headLeft -= served;
                _queuedBits -= served;
                break;
            }

            _now += needed;
            _queuedBits -= _headLeft;
            Fly(_queue.Dequeue().Packet);
            _headLeft = _queue.TryPeek(out var next) ? next.Bytes * 8.0 : 0;
        }

        if (_queue.Count == 0) _queuedBits = 0;
        _now = now;
    }

    private void Fly(T packet)
    {
        _isBad = _random.NextDouble() < (_isBad ? 1 - Bursts.End : Bursts.Begin);
        var isLost = _random.NextDouble() < Loss || (_isBad && _random.Next(2) == 0);
        var at = _now + Delay + (Jitter * _random.NextDouble());
        if (at < _lastArrival) at = _lastArrival;
        if (isLost) return;

        _lastArrival = at;
        _flying.Enqueue((at, packet));
    }
}
