namespace Streaming.Server.Attendance;

/// <summary>What a person had of the lesson for a while. The better kind comes first: of two devices the better one counts.</summary>
internal enum SpanKind
{
    /// <summary>A moving picture, with or without sound.</summary>
    Picture,

    /// <summary>The shared screen as stills, with or without sound.</summary>
    Slides,

    /// <summary>Sound without a picture, also with the screen off.</summary>
    Sound,

    /// <summary>The chat and stills by the person's own choice, without sound.</summary>
    Text,

    /// <summary>In the class; what reached the device was not told.</summary>
    Connected,

    /// <summary>The network failed: nothing arrived, or the device was gone for no longer than the grace.</summary>
    Stalled,

    /// <summary>Nobody kept the book: the server was down while the person was in the class. Never counted as absent.</summary>
    Unknown,
}

/// <summary>A while of one kind.</summary>
internal readonly record struct AttendanceSpan(DateTimeOffset From, DateTimeOffset To, SpanKind Kind)
{
    public TimeSpan Length => To - From;
}

/// <summary>One device's way through a class, from the entries about it: when it was there, and what it had.</summary>
/// <param name="grace">A device that is gone for no longer than this was there, with its network failing.</param>
/// <param name="sent">What is sent when its first entry comes.</param>
internal sealed class DeviceTimeline(TimeSpan grace, MediaFacts sent)
{
    private readonly List<AttendanceSpan> _spans = [];
    private readonly List<DateTimeOffset> _drops = [];
    private DateTimeOffset? _here;
    private DateTimeOffset? _dropped;
    private MediaFacts _facts;
    private MediaFacts _sent = sent;
    private (DateTimeOffset Since, DateTimeOffset Until)? _unknown;

    /// <summary>Whether it is out of the class at a moment: neither there, nor dropped, nor perhaps there.</summary>
    public bool IsGone(DateTimeOffset at) => _here is null && _dropped is null && (_unknown is not var (_, until) || until <= at);

    /// <summary>How often it dropped in a while.</summary>
    public int DropsWithin(DateTimeOffset from, DateTimeOffset to) => _drops.Count(at => at >= from && at <= to);

    /// <summary>Lets go of what was before now: the sheets about it are written.</summary>
    public void Forget()
    {
        _spans.Clear();
        _drops.Clear();
    }

    /// <summary>Takes the next entry about this device, or about the book.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="at">Its time on the lesson's clock.</param>
    public void Apply(LedgerEntry entry, DateTimeOffset at)
    {
        switch (entry.Kind)
        {
            case LedgerKind.Joined or LedgerKind.Returned:
                Close(at);
                Come(at);
                break;
            case LedgerKind.Media when _here is not null:
                Close(at);
                _here = at;
                Take(entry);
                break;
            case LedgerKind.Media:
                Take(entry);
                break;
            case LedgerKind.Dropped when _here is not null:
                Close(at);
                _dropped = at;
                _drops.Add(at);
                break;
            case LedgerKind.Left:
                Close(at);
                _dropped = null;
                break;
            case LedgerKind.Interrupted:
                Lose(entry.Since ?? at, at);
                break;
        }
    }

    /// <summary>Everything up to <paramref name="end"/>, in order; more entries may follow.</summary>
    public IEnumerable<AttendanceSpan> Until(DateTimeOffset end)
    {
        foreach (var span in _spans)
        {
            yield return span;
        }

        if (_here is { } here && here < end)
        {
            yield return new AttendanceSpan(here, end, KindOf());
        }
        else if (_dropped is { } dropped && dropped < end && end - dropped <= grace)
        {
            yield return new AttendanceSpan(dropped, end, SpanKind.Stalled);
        }
        else if (_unknown is var (since, until) && since < end)
        {
            yield return new AttendanceSpan(since, until < end ? until : end, SpanKind.Unknown);
        }
    }

    private void Take(LedgerEntry entry)
    {
        if (entry.Device is null)
        {
            _sent = entry.Facts;
        }
        else
        {
            _facts = entry.Facts;
        }
    }

    // Where nothing is sent, nobody's network fails.
    private SpanKind KindOf() =>
        _sent != MediaFacts.None && (_facts & MediaFacts.Stalled) != 0 ? SpanKind.Stalled
        : (_facts & _sent & MediaFacts.Picture) != 0 && (_facts & MediaFacts.Hidden) == 0 ? SpanKind.Picture
        : (_facts & MediaFacts.Slides) != 0 && (_sent & MediaFacts.Picture) != 0 && (_facts & MediaFacts.Hidden) == 0 ? SpanKind.Slides
        : (_facts & _sent & MediaFacts.Sound) != 0 ? SpanKind.Sound
        : _sent != MediaFacts.None && (_facts & MediaFacts.Text) != 0 ? SpanKind.Text
        : SpanKind.Connected;

    private void Come(DateTimeOffset at)
    {
        if (_dropped is { } dropped && at - dropped <= grace)
        {
            Add(dropped, at, SpanKind.Stalled);
        }

        if (_unknown is var (since, until))
        {
            Add(since, at < until ? at : until, SpanKind.Unknown);
        }

        (_here, _dropped, _unknown, _facts) = (at, null, null, MediaFacts.None);
    }

    private void Lose(DateTimeOffset since, DateTimeOffset at)
    {
        var wasHere = _here is not null;
        Close(since);
        if (_dropped is { } dropped && since - dropped <= grace)
        {
            Add(dropped, since, SpanKind.Stalled);
            wasHere = true;
        }

        _dropped = null;
        if (wasHere)
        {
            // Whoever does not come back within the grace after the restart went at a time that nobody knows.
            _unknown = (since, at + grace);
        }
    }

    private void Close(DateTimeOffset at)
    {
        if (_here is { } here)
        {
            Add(here, at, KindOf());
            _here = null;
        }
    }

    private void Add(DateTimeOffset from, DateTimeOffset to, SpanKind kind)
    {
        if (from < to)
        {
            _spans.Add(new AttendanceSpan(from, to, kind));
        }
    }
}
