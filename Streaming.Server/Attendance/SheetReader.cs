using Streaming.Contracts;

namespace Streaming.Server.Attendance;

/// <summary>Goes through a class's book once, entry by entry, and writes a sheet for each lesson.</summary>
/// <param name="rules">What counts as late and early.</param>
internal sealed class SheetReader(AttendanceRules rules)
{
    private readonly LedgerClock _clock = new();
    private readonly Dictionary<(string Member, string Device), DeviceTimeline> _devices = [];
    private readonly List<AttendanceSheet> _sheets = [];
    private MediaFacts _sent = MediaFacts.None;
    private SheetLesson? _lesson;
    private DateTimeOffset _lastAt;
    private long _last;
    private long _first = 1;

    /// <summary>Takes the next entry.</summary>
    public void Read(LedgerEntry entry)
    {
        var at = _clock.Read(entry);
        switch (entry.Kind)
        {
            case LedgerKind.Started:
                // An end that was not written: it was over when nobody was there and the class was closed.
                Close(_lastAt, _last, at);
                _lesson = new SheetLesson(entry.Class, entry.Sequence, _first, at);
                break;
            case LedgerKind.Ended when _lesson is not null:
                Close(EndOf(entry, at), entry.Sequence, at);
                break;
            case LedgerKind.CheckAsked or LedgerKind.CheckAnswered or LedgerKind.CheckMissed or LedgerKind.CheckUnreached:
                _lesson?.Checks.Apply(entry, at);
                break;
            case LedgerKind.Interrupted or LedgerKind.Media when entry.Device is null:
                ApplyToAll(entry, at);
                break;
            case LedgerKind.Joined or LedgerKind.Dropped or LedgerKind.Returned or LedgerKind.Left or LedgerKind.Media
                when entry is { Member: { } member, Device: { } device, Role: Role.Student }:
                TimelineOf(member, device).Apply(entry, at);
                break;
        }

        (_lastAt, _last) = (at, entry.Sequence);
    }

    /// <summary>All lessons, oldest first.</summary>
    /// <param name="now">Until when one that runs is told.</param>
    public IReadOnlyList<AttendanceSheet> Finish(DateTimeOffset now)
    {
        if (_lesson is { } running)
        {
            var until = now > running.StartedAt ? now : running.StartedAt;
            _sheets.Add(running.Write(_devices, ended: null, until, _last, rules));
        }

        return _sheets;
    }

    // A lesson that ended by itself was over some time before that was noticed.
    private DateTimeOffset EndOf(LedgerEntry entry, DateTimeOffset at)
    {
        var end = entry.Since is { } over && over < at ? over : at;
        return end > _lesson!.StartedAt ? end : _lesson.StartedAt;
    }

    private void Close(DateTimeOffset end, long last, DateTimeOffset now)
    {
        if (_lesson is { } over)
        {
            _sheets.Add(over.Write(_devices, end, end, last, rules));
            _lesson = null;
            _first = last + 1;
            Forget(now);
        }
    }

    // A book of years has thousands of devices, of which a lesson has seen fifty.
    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, timeline) in _devices)
        {
            if (timeline.IsGone(now))
            {
                _devices.Remove(key);
            }
            else
            {
                timeline.Forget();
            }
        }
    }

    private void ApplyToAll(LedgerEntry entry, DateTimeOffset at)
    {
        if (entry.Kind == LedgerKind.Media)
        {
            _sent = entry.Facts;
        }
        else if (entry.Since is { } since)
        {
            _lesson?.Gaps.Add(new LedgerGap(since, at));
        }

        foreach (var timeline in _devices.Values)
        {
            timeline.Apply(entry, at);
        }
    }

    private DeviceTimeline TimelineOf(string member, string device)
    {
        if (!_devices.TryGetValue((member, device), out var timeline))
        {
            _devices.Add((member, device), timeline = new DeviceTimeline(rules.Grace, _sent));
        }

        return timeline;
    }
}
