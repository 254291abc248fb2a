using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>What is missing of a publisher's stream, and when to ask for it (RFC 4585 §6.2.1).</summary>
/// <remarks>Fixed room: when more is missing than fits, the oldest is given up. Whatever is given up calls for a key frame.</remarks>
internal sealed class NackTracker
{
    /// <summary>How many missing packets are tracked at once.</summary>
    public const int Capacity = 128;

    /// <summary>How often a packet is asked for before it is given up.</summary>
    public const int MaxTries = 8;

    private static readonly TimeSpan Reordering = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Useful = TimeSpan.FromSeconds(2);   // then a key frame helps sooner
    private readonly Missing[] _missing = new Missing[Capacity];
    private int _count;
    private SequenceNumber _highest;
    private bool _started;
    private TimeSpan? _roundTrip;
    private TimeSpan _pause = ShortestPause;

    /// <summary>When the next request is due; <see cref="Instant.Never"/> when nothing is missing.</summary>
    public Instant NextDue { get; private set; } = Instant.Never;

    /// <summary>How many packets are missing now.</summary>
    public int Count => _count;

    /// <summary>Packets that were asked for in vain, had to make room, or were jumped over; since the start.</summary>
    public long GivenUp { get; private set; }

    /// <summary>The last of them; only once there was one.</summary>
    public SequenceNumber LastGivenUp { get; private set; }

    /// <summary>Notes an arrival, by whatever way it came.</summary>
    /// <param name="now">When.</param>
    /// <param name="number">The number in the publisher's stream.</param>
    /// <param name="isRetransmission">Whether it came because it was asked for, which tells the round trip.</param>
    /// <returns>True when the packet fills a gap.</returns>
    public bool Receive(Instant now, SequenceNumber number, bool isRetransmission = false)
    {
        if (!_started)
        {
            _started = true;
            _highest = number;
            return false;
        }

        var distance = number.DistanceFrom(_highest);
        if (distance <= 0)
        {
            return Remove(now, number, isRetransmission);
        }

        if (distance > 1_000)
        {
            Reset(number);   // too much to ask for
            GiveUp(number + -1);
            return false;
        }

        for (var missing = _highest + 1; missing != number; missing += 1)
        {
            Add(now, missing);
        }

        _highest = number;
        return false;
    }

    /// <summary>Whether a packet is missing and still asked for.</summary>
    public bool IsWaitingFor(SequenceNumber number)
    {
        foreach (ref readonly var missing in _missing.AsSpan(0, _count))
        {
            if (missing.Number == number)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Lists what should be asked for now, oldest first.</summary>
    /// <param name="now">The time.</param>
    /// <param name="due">Room for the numbers; what does not fit comes the next time.</param>
    /// <returns>How many numbers were written.</returns>
    public int TakeDue(Instant now, Span<SequenceNumber> due)
    {
        var written = 0;
        var next = Instant.Never;
        for (var i = 0; i < _count; i++)
        {
            ref var missing = ref _missing[i];
            if (missing.Due <= now && written < due.Length)
            {
                if (missing.Tries == MaxTries || now - missing.Since > Useful)
                {
                    GiveUp(missing.Number);
                    RemoveAt(i--);
                    BackOff();   // or the answers take longer than all the asking
                    continue;
                }

                due[written++] = missing.Number;
                missing.Tries++;
                missing.AskedAt = now;
                missing.Due = now + PauseAfter(missing.Tries);
            }

            next = Instant.Earlier(next, missing.Due);
        }

        NextDue = next;
        return written;
    }

    /// <summary>Starts again after a jump in the numbering.</summary>
    public void Reset(SequenceNumber highest)
    {
        _count = 0;
        _highest = highest;
        _started = true;
        NextDue = Instant.Never;
    }

    /// <summary>Starts again with whatever comes next, wherever the numbering is by then.</summary>
    public void Forget()
    {
        _count = 0;
        _started = false;
        NextDue = Instant.Never;
    }

    private void Add(Instant now, SequenceNumber number)
    {
        if (_count == Capacity)
        {
            GiveUp(_missing[0].Number);
            RemoveAt(0);
        }

        var due = now + Reordering;
        _missing[_count++] = new Missing { Number = number, Since = now, Due = due };
        NextDue = Instant.Earlier(NextDue, due);
    }

    private void GiveUp(SequenceNumber number) => (GivenUp, LastGivenUp) = (GivenUp + 1, number);

    private bool Remove(Instant now, SequenceNumber number, bool isRetransmission)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_missing[i].Number == number)
            {
                if (isRetransmission)
                {
                    NoteAnswer(now, _missing[i]);
                }

                RemoveAt(i);
                return true;
            }
        }

        return false;
    }

    // Karn's rule: only what was asked for once tells which request was answered. Until there is such an answer, the pause grows.
    private void NoteAnswer(Instant now, in Missing missing)
    {
        if (missing.Tries != 1)
        {
            BackOff();
            return;
        }

        var sample = now - missing.AskedAt;
        var smoothed = _roundTrip is { } known ? known + ((sample - known) / 8) : sample;
        _roundTrip = smoothed;
        var pause = (smoothed > sample ? smoothed : sample) * 1.25;
        _pause = pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
    }

    private void BackOff() => _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;

    private TimeSpan PauseAfter(int tries)
    {
        var pause = _roundTrip is null ? _pause * (1 << (tries - 1)) : _pause;
        return pause < LongestPause ? pause : LongestPause;
    }

    private void RemoveAt(int index)
    {
        _missing.AsSpan(index + 1, _count - index - 1).CopyTo(_missing.AsSpan(index));
        _count--;
        if (_count == 0)
        {
            NextDue = Instant.Never;
        }
    }

    private struct Missing
    {
        public Instant Since;
        public Instant AskedAt;
        public Instant Due;
        public SequenceNumber Number;
        public byte Tries;
    }
}
