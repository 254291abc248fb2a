using System.Diagnostics;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;

namespace Streaming.Server.Classrooms;

/// <summary>One live class: who is here, who may speak, whose hand is up, and where the lesson stands. The only writer of all that.</summary>
/// <remarks>
/// Sans-IO: it is told the time and a command, and fills a list of outputs. Its <see cref="ClassroomRunner"/> is the only caller.
/// </remarks>
internal sealed partial class Classroom
{
    private readonly string _id;
    private readonly ClassroomRoster _roster;
    private readonly ClassroomMedia _media = new();
    private readonly ClassroomChat _chat;
    private readonly ClassroomNews _news = new();
    private readonly PresenceView _view;
    private readonly ClassroomPresence _presence;
    private Lesson _lesson;
    private bool _startedByMedia;
    private DateTimeOffset _lastHand;

    /// <summary>
    /// Opens the class as it was stored; a lesson whose teacher has been away for <see cref="AbandonedAfter"/> has ended meanwhile. Whoever is in
    /// the view has a seat, as if dropped now: a restarted server, or another one, finds its class together and gives it the grace to come back.
    /// </summary>
    public Classroom(string id, ClassroomRules rules, StoredLesson stored, PresenceView view, DateTimeOffset now)
    {
        _id = id;
        _view = view;
        _presence = new ClassroomPresence(view);
        _pace = new ClassroomPace(rules.Pace);
        _roster = new ClassroomRoster(rules);
        _roster.Restore(view, now);
        foreach (var seat in _roster.Seats)
        {
            _presence.Touch(seat.Member);
        }

        _chat = new ClassroomChat(stored.Chat, stored.LastLine);
        _lesson = new Lesson(stored.Phase, stored.StartedAt, stored.EndedAt, []);
        _startedByMedia = stored.StartedByMedia;
        _savedAt = now;
        _teacherSeen = stored.TeacherSeenAt is { } seen && seen < now ? seen : now;
        if (_lesson.Phase == LessonPhase.Live && now - _teacherSeen >= AbandonedAfter)
        {
            _lesson = _lesson with { Phase = LessonPhase.Ended, EndedAt = _teacherSeen + AbandonedAfter };
            _startedByMedia = false;
            _endedMeanwhile = true;
        }

        if (_lesson.Phase == LessonPhase.Live)
        {
            _media.GoLive(now);
        }
    }

    public int Students => _roster.Students;

    public int Teachers => _roster.Teachers;

    public int MediaSessions => _media.Count;

    public IReadOnlyCollection<string> OpenSessions => _media.Names;

    /// <summary>Nobody is here: the class may be closed and opened again without anybody noticing. A live lesson is stored as live.</summary>
    public bool IsIdle => _roster.Seats.Count == 0;

    /// <summary>When <see cref="Tick"/> wants to be called; null while nothing waits.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            DateTimeOffset? next = null;
            foreach (var deadline in (ReadOnlySpan<DateTimeOffset?>)[_roster.NextGraceEnd, _media.QualityDue, AbandonedAt, SaveDue, TellDue, _checkIn?.NextDeadline, _stills.WantedUntil])
            {
                next = next is null || deadline < next ? deadline ?? next : next;
            }

            return next;
        }
    }

    /// <summary>The whole class at its present version.</summary>
    public ClassroomSnapshot Snapshot() =>
        new(_news.Version, _id, _lesson, _roster.ToContract(), _chat.Lines, _checkIn?.What, _stills.Newest);

    /// <summary>Does what is asked, or says why not.</summary>
    public ClassroomReply Handle(DateTimeOffset now, ClassroomCommand command, List<ClassroomOutput> outputs)
    {
        ClassroomReply reply = command switch
        {
            Join join => TakeSeat(now, join, outputs),
            Disconnected(var caller, var timedOut) => Drop(now, caller, timedOut, outputs),
            Leave(var caller) => GoAway(now, caller, outputs),
            TakeSnapshot(var caller) => _roster.Find(caller) is null ? Refusal.NotJoined : Snapshot(),
            StartLesson(var caller) => OnlyTeacher(caller) ?? Start(now, byMedia: false, outputs),
            EndLesson(var caller) => OnlyTeacher(caller) ?? End(now, now, outputs),
            SetSources(var caller, var sources) => OnlyTeacher(caller) ?? ChooseSources(now, caller, sources, outputs),
            RaiseHand(var caller) => Raise(now, caller),
            LowerHand(var caller, var member) => Lower(caller, member),
            Say(var caller, var text) => SayLine(now, caller, text, outputs),
            OpenMedia open => Announce(open),
            MediaOpened(var session, var sources) => Open(now, session, sources, outputs),
            MediaEnded(var session) => Lose(now, session, outputs),
            DeleteMedia delete => Delete(now, delete, outputs),
            QualityHeard(var session, var quality) => HearQuality(now, session, quality, outputs),
            RungHeard(var session, var rung) => HearRung(now, session, rung, outputs),
            LayersWantedHeard(var session, var top) => HearLayersWanted(session, top, outputs),
            LimitRung(var caller, var highest) => LimitRung(now, caller, highest, outputs),
            OfferStill(var member, var image) => TakeStill(now, member, image, outputs),
            ReportDevice(var caller, var report) => TakeReport(now, caller, report, outputs),
            AskCheckIn(var caller, var seconds) => OnlyTeacher(caller) is { } refusal ? refusal : AskCheckIn(now, seconds, outputs),
            CloseCheckIn(var caller) => OnlyTeacher(caller) ?? CloseCheckIn(now, outputs),
            AnswerCheckIn(var caller, var id) => AnswerCheckIn(now, caller, id, outputs),
            _ => throw new UnreachableException($"No rule for {command.GetType().Name}."),
        };

        NoteSending(now, outputs);
        NoteTeacher(now, outputs);
        Tell(now, outputs);
        return reply;
    }

    /// <summary>Does what the passing of time asks for.</summary>
    public void Tick(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        while (_roster.TryTakeExpired(now, out var seat, out var device))
        {
            RemoveDevice(now, seat, device, LedgerCause.GraceOver, outputs);
        }

        if (_media.QualityDue <= now && _media.TakeChanged() is { Count: > 0 } changed)
        {
            outputs.Add(new QualityChanged(changed));
        }

        TickCheckIn(now, outputs);
        TickStills(now, outputs);
        if (AbandonedAt is { } abandoned && abandoned <= now)
        {
            End(now, abandoned, outputs);
        }

        NoteSending(now, outputs);
        NoteTeacher(now, outputs);
        Tell(now, outputs);
    }

    private Refusal? OnlyTeacher(Caller caller) => _roster.Find(caller) switch
    {
        null => Refusal.NotJoined,
        ({ Role: Role.Teacher }, _) => null,
        _ => Refusal.TeacherOnly,
    };

    private Refusal? Start(DateTimeOffset now, bool byMedia, List<ClassroomOutput> outputs)
    {
        if (_lesson.Phase == LessonPhase.Live && (byMedia || !_startedByMedia))
        {
            return null;
        }

        // A teacher who says "start" in the page has taken the lesson over from the WHIP client that began it.
        _startedByMedia = byMedia;
        if (_lesson.Phase != LessonPhase.Live)
        {
            if (_lesson.EndedAt is { } end)
            {
                // Another lesson, maybe another teacher's: what was said in the former is not theirs to read.
                _chat.DropUntil(end);
            }

            _lesson = _lesson with { Phase = LessonPhase.Live, StartedAt = now, EndedAt = null };
            Happen(now, new Happening(LedgerKind.Started), outputs);
            _media.GoLive(now);
            _news.Lesson();
        }

        outputs.Add(Stored(now));
        return null;
    }

    private Refusal? End(DateTimeOffset now, DateTimeOffset endedAt, List<ClassroomOutput> outputs)
    {
        if (_lesson.Phase != LessonPhase.Live)
        {
            return null;
        }

        CloseCheckIn(now, outputs);
        _startedByMedia = false;
        var hadScreen = _lesson.Sources.Contains(TrackSource.Screen);
        _lesson = _lesson with { Phase = LessonPhase.Ended, EndedAt = endedAt, Sources = [] };
        Happen(now, new Happening(LedgerKind.Ended), outputs);
        _media.EndLive();
        FollowScreen(now, hadScreen, outputs);
        _news.Lesson();
        foreach (var seat in _roster.Seats)
        {
            LowerHandOf(seat);
        }

        if (_media.Publisher is { } publisher)
        {
            Close(now, publisher, tell: true, outputs);
        }

        outputs.Add(Stored(now));
        return null;
    }

    private Refusal? Raise(DateTimeOffset now, Caller caller)
    {
        if (_roster.Find(caller) is not ({ } seat, _))
        {
            return Refusal.NotJoined;
        }

        if (_lesson.Phase != LessonPhase.Live)
        {
            return Refusal.LessonNotLive;
        }

        if (seat.HandRaisedAt is null)
        {
            // Browsers read times in whole milliseconds, and the time is the order of the hands: no two may be the same.
            var raised = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), now.Offset);
            _lastHand = raised > _lastHand ? raised : _lastHand.AddMilliseconds(1);
            seat.HandRaisedAt = _lastHand;
            _news.Touch(seat);
        }

        return null;
    }

    private Refusal? Lower(Caller caller, string? member)
    {
        if (_roster.Find(caller) is not ({ } seat, _))
        {
            return Refusal.NotJoined;
        }

        if (member is not null && member != seat.Member && seat.Role != Role.Teacher)
        {
            return Refusal.TeacherOnly;
        }

        if ((member is null ? seat : _roster.Find(member)) is { } lowered)
        {
            LowerHandOf(lowered);
        }

        return null;
    }

    private void LowerHandOf(ClassroomSeat seat)
    {
        if (seat.HandRaisedAt is not null)
        {
            seat.HandRaisedAt = null;
            _news.Touch(seat);
        }
    }

    private Refusal? SayLine(DateTimeOffset now, Caller caller, string text, List<ClassroomOutput> outputs)
    {
        if (_roster.Find(caller) is not ({ } seat, _))
        {
            return Refusal.NotJoined;
        }

        if (_chat.TrySay(now, seat, text, out var line) is { } refusal)
        {
            return refusal;
        }

        outputs.Add(new Said(line!));
        outputs.Add(Stored(now));
        return null;
    }
}
