using System.Diagnostics;
using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>The inspectors beside a class: they hear it, and it does not know of them.</summary>
/// <remarks>
/// Sans-IO like <see cref="Classroom"/>, of which it may only take snapshots. Its <see cref="ClassroomRunner"/> is the only caller.
/// </remarks>
internal sealed class Observers(Func<ClassroomSnapshot> snapshot, ObserverPlaces places, TimeSpan grace)
{
    private sealed class Observer(string member, string device)
    {
        public string Member { get; } = member;
        public string Device { get; } = device;
        public string? Connection { get; set; }
        public string? Session { get; set; }
        public bool IsMediaOnly { get; set; }
        public DateTimeOffset? GraceEnds { get; set; }
        public Rung? Carried { get; set; }
        public Rung Highest { get; set; } = Rung.Picture;
        public Rung Told { get; set; } = Rung.Picture;
        public Rung Rung => Carried is { } carried && carried < Highest ? carried : Highest;
    }

    private readonly List<Observer> _observers = [];
    private readonly Dictionary<string, ObserverOpenMedia> _announced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkQuality> _quality = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemberPresence> _presence = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CheckInAnswer> _answers = new(StringComparer.Ordinal);
    private long _checkIn;

    public int Count => _observers.Count;

    public IEnumerable<string> Connections => _observers.Select(observer => observer.Connection).OfType<string>();

    public bool IsEmpty => _observers.Count == 0 && _announced.Count == 0;

    public DateTimeOffset? NextDeadline => _observers.Min(observer => observer.GraceEnds);

    public bool Owns(string session) => _announced.ContainsKey(session) || _observers.Exists(observer => observer.Session == session);

    public ClassroomReply Handle(DateTimeOffset now, ObserverCommand command, List<ClassroomOutput> outputs) => command switch
    {
        Observe observe => Come(observe, outputs),
        ObserverDisconnected(var caller) => Drop(now, caller, outputs),
        ObserverLeave(var caller) => Go(caller, outputs),
        ObserverSnapshot(var caller) => Find(caller) is null ? Refusal.NotJoined : snapshot(),
        ObserverOpenMedia open => Announce(open),
        ObserverMediaOpened(var session) => Open(session, outputs),
        ObserverMediaEnded(var session) => Lose(session, outputs),
        ObserverDeleteMedia(var member, var session) => Delete(member, session, outputs),
        ObserverRungHeard(var session, var rung) => HearRung(session, rung, outputs),
        ObserverLimitRung(var caller, var highest) => LimitRung(caller, highest, outputs),
        _ => throw new UnreachableException($"No rule for {command.GetType().Name}."),
    };

    public void Tick(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        foreach (var observer in _observers.Where(observer => observer.GraceEnds <= now).ToArray())
        {
            Remove(observer, outputs);
        }
    }

    /// <summary>Keeps what an inspector who comes later must be told.</summary>
    public void Hear(ClassroomOutput output)
    {
        switch (output)
        {
            case QualityChanged(var viewers):
                foreach (var viewer in viewers)
                {
                    _quality[viewer.Member] = viewer.Quality;
                }

                break;

            case PresenceChanged(var members):
                foreach (var member in members)
                {
                    _presence[member.Member] = member;
                    if (member.State is PresenceState.Present or PresenceState.Left)
                    {
                        _presence.Remove(member.Member);
                    }
                }

                break;

            case CheckInMoved(var progress):
                if (_checkIn != progress.Id)
                {
                    _checkIn = progress.Id;
                    _answers.Clear();
                }

                foreach (var answer in progress.Answers)
                {
                    _answers[answer.Member] = answer;
                }

                break;

            case Changed(var change):
                foreach (var member in change.Gone ?? [])
                {
                    _quality.Remove(member);
                }

                if (change.Lesson is { Phase: LessonPhase.Ended })
                {
                    _quality.Clear();
                }

                break;
        }
    }

    /// <summary>Everybody out: the class closes.</summary>
    public void Clear(List<ClassroomOutput> outputs)
    {
        foreach (var observer in _observers.ToArray())
        {
            Remove(observer, outputs);
        }

        _announced.Clear();
    }

    private Observer? Find(Caller caller) => _observers.Find(observer =>
        observer.Member == caller.Member && observer.Device == caller.Device && observer.Connection == caller.Connection);

    private ClassroomReply Come(Observe observe, List<ClassroomOutput> outputs)
    {
        var observer = _observers.Find(known => known.Member == observe.Who.Member && known.Device == observe.Device);
        if (observer is null)
        {
            if (HasTooManyDevices(observe.Who.Member))
            {
                return Refusal.TooManyDevices;
            }

            if (!places.TryTake())
            {
                return Refusal.ClassFull;
            }

            _observers.Add(observer = new Observer(observe.Who.Member, observe.Device));
        }
        else if (observer.Connection is { } former && former != observe.Connection)
        {
            outputs.Add(new Dismiss(former, HubErrors.Replaced));
        }

        observer.Connection = observe.Connection;
        observer.GraceEnds = null;
        observer.IsMediaOnly = false;
        outputs.Add(new Enter(observe.Connection, Role.Inspector));
        if (_quality.Count > 0)
        {
            outputs.Add(new TellQuality(observe.Connection, [.. _quality.Select(known => new ViewerQuality(known.Key, known.Value))]));
        }

        if (_presence.Count > 0)
        {
            outputs.Add(new TellPresence(observe.Connection, [.. _presence.Values]));
        }

        if (observer.Rung != Rung.Picture || observer.Told != Rung.Picture)
        {
            TellRung(observer, always: true, outputs);
        }

        var seen = snapshot();
        if (seen.CheckIn is { } open && open.Id == _checkIn)
        {
            outputs.Add(new TellCheckIn(observe.Connection, new CheckInProgress(_checkIn, [.. _answers.Values])));
        }

        return seen;
    }

    /// <summary>The members' half begins anew: what was heard of the former is void.</summary>
    public void Forget()
    {
        _quality.Clear();
        _presence.Clear();
        _answers.Clear();
    }

    private Refusal? Drop(DateTimeOffset now, Caller caller, List<ClassroomOutput> outputs)
    {
        if (Find(caller) is { } observer)
        {
            outputs.Add(new Exit(caller.Connection));
            observer.Connection = null;
            observer.GraceEnds = now + grace;
        }

        return null;
    }

    private Refusal? Go(Caller caller, List<ClassroomOutput> outputs)
    {
        if (Find(caller) is { } observer)
        {
            outputs.Add(new Exit(caller.Connection));
            Remove(observer, outputs);
        }

        return null;
    }

    private Refusal? Announce(ObserverOpenMedia open)
    {
        if (open.Caller is not null && Find(open.Caller) is null)
        {
            return Refusal.NotJoined;
        }

        if (open.Caller is null && Known(open) is null)
        {
            if (HasTooManyDevices(open.Who.Member))
            {
                return Refusal.TooManyDevices;
            }

            if (places.AreTaken)
            {
                return Refusal.ClassFull;
            }
        }

        _announced.Add(open.Session, open);
        return null;
    }

    // One ticket must not take the places of all inspectors of the server.
    private bool HasTooManyDevices(string member) =>
        _observers.Count(observer => observer.Member == member)
        + _announced.Values.Count(open => open.Caller is null && open.Who.Member == member) >= ClassroomRoster.MaxDevices;

    private Refusal? Open(string session, List<ClassroomOutput> outputs)
    {
        var observer = !_announced.Remove(session, out var open) ? null
            : open.Caller is { } caller ? Find(caller)
            : TakeMediaPlace(open);
        if (observer is null)
        {
            outputs.Add(new CloseMedia(session));
            return Refusal.SessionNotFound;
        }

        if (observer.Session is { } former)
        {
            outputs.Add(new CloseMedia(former));
        }

        observer.Session = session;
        if (observer.Highest != Rung.Picture)
        {
            outputs.Add(new LimitMedia(session, observer.Highest));
        }

        return null;
    }

    private Refusal? HearRung(string session, Rung rung, List<ClassroomOutput> outputs)
    {
        if (_observers.Find(known => known.Session == session) is { } observer)
        {
            observer.Carried = rung;
            TellRung(observer, always: false, outputs);
        }

        return null;
    }

    private Refusal? LimitRung(Caller caller, Rung highest, List<ClassroomOutput> outputs)
    {
        if (Find(caller) is not { } observer)
        {
            return Refusal.NotJoined;
        }

        if (!Enum.IsDefined(highest))
        {
            return Classroom.NoRung;
        }

        observer.Highest = highest;
        if (observer.Session is { } session)
        {
            outputs.Add(new LimitMedia(session, highest));
        }

        TellRung(observer, always: false, outputs);
        return null;
    }

    private static void TellRung(Observer observer, bool always, List<ClassroomOutput> outputs)
    {
        if (observer.Connection is { } connection && (always || observer.Told != observer.Rung))
        {
            observer.Told = observer.Rung;
            outputs.Add(new TellRung(connection, observer.Rung));
        }
    }

    // What Classroom.TakeMediaSeat is for members.
    private Observer? TakeMediaPlace(ObserverOpenMedia open)
    {
        var observer = Known(open);
        if (observer is null)
        {
            if (!places.TryTake())
            {
                return null;
            }

            _observers.Add(observer = new Observer(open.Who.Member, open.Device ?? Classroom.MediaOnlyDevice(open.Session)));
        }

        observer.IsMediaOnly = observer.Connection is null;
        observer.GraceEnds = null;
        return observer;
    }

    private Observer? Known(ObserverOpenMedia open) =>
        _observers.Find(observer => observer.Member == open.Who.Member && observer.Device == open.Device);

    private Refusal? Lose(string session, List<ClassroomOutput> outputs)
    {
        if (!_announced.Remove(session) && _observers.Find(observer => observer.Session == session) is { } observer)
        {
            End(observer, tell: true, outputs);
        }

        return null;
    }

    private Refusal? Delete(string member, string session, List<ClassroomOutput> outputs)
    {
        if (_observers.Find(known => known.Session == session) is not { IsMediaOnly: true } observer || observer.Member != member)
        {
            return Refusal.SessionNotFound;
        }

        End(observer, tell: false, outputs);
        return null;
    }

    private void End(Observer observer, bool tell, List<ClassroomOutput> outputs)
    {
        if (observer.IsMediaOnly)
        {
            Remove(observer, outputs);
            return;
        }

        var session = observer.Session!;
        observer.Session = null;
        outputs.Add(new CloseMedia(session));
        if (tell && observer.Connection is { } connection)
        {
            outputs.Add(new TellMediaClosed(connection, session));
        }
    }

    private void Remove(Observer observer, List<ClassroomOutput> outputs)
    {
        if (observer.Session is { } session)
        {
            outputs.Add(new CloseMedia(session));
        }

        _observers.Remove(observer);
        places.GiveBack();
    }
}
