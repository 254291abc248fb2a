using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;
using Streaming.Server.Presence;

namespace Streaming.Server.Tests.Classrooms;

/// <summary>A class in hand-driven time, with short words for what people do in it.</summary>
internal sealed class ClassroomScenario
{
    public static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly Classroom _classroom;
    private readonly PresenceView _view;
    private int _connections;
    private int _sessions;

    /// <param name="seats">The limit.</param>
    /// <param name="stored">The lesson of before.</param>
    /// <param name="view">Who was there before.</param>
    /// <param name="pace">The time between roster messages; none by default, so that each step is told at once.</param>
    public ClassroomScenario(int seats = 100, StoredLesson? stored = null, PresenceView? view = null, TimeSpan pace = default)
    {
        _view = view ?? new PresenceView(Grace);
        _classroom = new Classroom("math", new ClassroomRules(seats, Grace, pace), stored ?? StoredLesson.None, _view, Bell);
        _classroom.Begin(Bell, Last);
        Keep();
    }

    /// <summary>The steady view of the class.</summary>
    public PresenceView View => _view;

    public DateTimeOffset Now { get; private set; } = Bell;

    /// <summary>Everything put out so far.</summary>
    public List<ClassroomOutput> All { get; } = [];

    /// <summary>What went into the ledger; the rest is in <see cref="All"/>.</summary>
    public List<Happening> Book { get; } = [];

    /// <summary>What teachers were told of the steady view.</summary>
    public List<MemberPresence> Presence { get; } = [];

    /// <summary>What the last step put out.</summary>
    public List<ClassroomOutput> Last { get; private set; } = [];

    public Refusal? Refusal { get; private set; }

    public ClassroomSnapshot Snapshot => _classroom.Snapshot();

    public Classroom Classroom => _classroom;

    public IEnumerable<ClassroomChange> Changes => All.OfType<Changed>().Select(changed => changed.Change);

    public ClassroomChange? Change => Last.OfType<Changed>().SingleOrDefault()?.Change;

    public IEnumerable<string> Members => Snapshot.Seats.Select(seat => seat.Member);

    public static Identity Who(string member, Role role, string? name = null) => new(member, name ?? member.ToUpperInvariant(), role, "math");

    public Caller Teacher(string member = "t", string device = "d1") => Join(Who(member, Role.Teacher), device);

    public Caller Student(string member, string device = "d1") => Join(Who(member, Role.Student), device);

    public Caller Join(Identity who, string device = "d1")
    {
        var caller = new Caller(who.Member, device, $"c{++_connections}");
        Do(new Join(who, device, caller.Connection));
        return caller;
    }

    public ClassroomReply Do(ClassroomCommand command)
    {
        Last = [];
        var reply = _classroom.Handle(Now, command, Last);
        Keep();
        Refusal = reply.Refusal;
        return reply;
    }

    public string? Code(ClassroomCommand command) => Do(command).Refusal?.Code;

    public void Wait(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Last = [];
        while (_classroom.NextDeadline is { } deadline && deadline <= end)
        {
            Now = deadline > Now ? deadline : Now;
            _classroom.Tick(Now, Last);
        }

        Now = end;
        Keep();
    }

    private void Keep()
    {
        Book.AddRange(Last.OfType<Happened>().Select(happened => happened.What));
        Presence.AddRange(Last.OfType<PresenceChanged>().SelectMany(changed => changed.Members));
        Last.RemoveAll(output => output is Happened or PresenceChanged);
        All.AddRange(Last);
    }

    /// <summary>Opens a session and returns its name; null when refused.</summary>
    public string? Open(Identity who, Caller? caller, MediaKind kind, params TrackSource[] sources) => Open(who, caller, kind, null, sources);

    private string? Open(Identity who, Caller? caller, MediaKind kind, string? device, TrackSource[] sources)
    {
        var session = $"s{++_sessions}";
        return Do(new OpenMedia(who, caller, kind, session, device)).Refusal is null && Do(new MediaOpened(session, sources)).Refusal is null
            ? session
            : null;
    }

    /// <summary>Publishes in the lesson, which is started if need be.</summary>
    public string Publish(Caller teacher)
    {
        Do(new StartLesson(teacher));
        return Open(Who(teacher.Member, Role.Teacher), teacher, MediaKind.Publish)!;
    }

    public string Watch(Caller student) => Open(Who(student.Member, Role.Student), student, MediaKind.Watch)!;

    public string Whip(string member = "t") => Open(Who(member, Role.Teacher), null, MediaKind.Publish, TrackSource.Voice, TrackSource.Camera)!;

    public string Whep(string member, string? device = null) => Open(Who(member, Role.Student), null, MediaKind.Watch, device, [])!;
}
