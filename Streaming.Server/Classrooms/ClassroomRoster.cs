using System.Diagnostics.CodeAnalysis;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;

namespace Streaming.Server.Classrooms;

/// <summary>A browser tab, an app, or a WHIP or WHEP client of one member.</summary>
/// <remarks>Belongs to <see cref="ClassroomRoster"/>; only the classroom writes it.</remarks>
internal sealed class SeatDevice(string id)
{
    public string Id { get; } = id;

    /// <summary>The hub connection; null while dropped, and always for a client without one.</summary>
    public string? Connection { get; set; }

    /// <summary>When the grace of a dropped device is over.</summary>
    public DateTimeOffset? GraceEnds { get; set; }

    /// <summary>Has no hub connection, or not yet: lives and ends with its media session.</summary>
    public bool IsMediaOnly { get; set; }

    /// <summary>The open sessions of this device, at most one of each kind.</summary>
    public ClassroomMediaSession? Publishing { get; set; }

    /// <inheritdoc cref="Publishing"/>
    public ClassroomMediaSession? Watching { get; set; }

    /// <summary>What is last known to reach it.</summary>
    public MediaFacts Facts { get; set; }

    /// <summary>What its page last said of itself.</summary>
    public DeviceReport Report { get; set; } = new(Hidden: false, Stalled: false, Silent: false);

    /// <summary>The most that its user wants.</summary>
    public Rung Highest { get; set; } = Rung.Picture;

    /// <summary>What its page was told last, or believes by itself.</summary>
    public Rung ToldRung { get; set; } = Rung.Picture;

    /// <summary>What comes to it: as much as its link carries, and its user wants.</summary>
    public Rung Rung => Watching?.Rung is { } carried && carried < Highest ? carried : Highest;

    /// <summary>Sessions that ended while the device was away, to be told on its return.</summary>
    public List<string> Untold { get; } = [];
}

/// <summary>One member's place, whatever the number of devices.</summary>
internal sealed class ClassroomSeat(Identity who)
{
    // Whoever comes gets all seats; they are made anew only where something has changed.
    private Seat? _contract;

    public string Member { get; } = who.Member;

    public List<SeatDevice> Devices { get; } = [];

    public string Name
    {
        get;
        set => (field, _contract) = (value, null);
    } = who.Name;

    public Role Role
    {
        get;
        set => (field, _contract) = (value, null);
    } = who.Role;

    public DateTimeOffset? HandRaisedAt
    {
        get;
        set => (field, _contract) = (value, null);
    }

    public SeatDevice? Device(string id)
    {
        foreach (var device in Devices)
        {
            if (device.Id == id)
            {
                return device;
            }
        }

        return null;
    }

    public Seat ToContract() => _contract ??= new(Member, Name, Role, HandRaisedAt);
}

/// <summary>Who is in the class, in the order of joining, and who dropped and may return.</summary>
/// <remarks>Belongs to <see cref="Classroom"/>; only it calls.</remarks>
internal sealed class ClassroomRoster(ClassroomRules rules)
{
    /// <summary>More than anybody carries; a bound on what one ticket can take.</summary>
    public const int MaxDevices = 8;

    private readonly Dictionary<string, ClassroomSeat> _byMember = new(StringComparer.Ordinal);
    private readonly List<ClassroomSeat> _inOrder = [];

    // The grace is the same for all, so drops end in the order in which they began. Entries of devices that came back are stale.
    private readonly Queue<(DateTimeOffset Ends, ClassroomSeat Seat, SeatDevice Device)> _dropped = new();

    public IReadOnlyList<ClassroomSeat> Seats => _inOrder;

    public int Students { get; private set; }

    public int Teachers => _inOrder.Count - Students;

    public DateTimeOffset? NextGraceEnd
    {
        get
        {
            while (_dropped.TryPeek(out var first) && first.Device.GraceEnds != first.Ends)
            {
                _dropped.Dequeue();
            }

            return _dropped.TryPeek(out var next) ? next.Ends : null;
        }
    }

    /// <summary>All seats as members are told of them.</summary>
    public Seat[] ToContract()
    {
        var seats = new Seat[_inOrder.Count];
        for (var i = 0; i < seats.Length; i++)
        {
            seats[i] = _inOrder[i].ToContract();
        }

        return seats;
    }

    public ClassroomSeat? Find(string member) => _byMember.GetValueOrDefault(member);

    /// <summary>The seat and device behind a call; null when the device is not here or this is its former connection.</summary>
    public (ClassroomSeat Seat, SeatDevice Device)? Find(Caller caller) =>
        Find(caller.Member) is { } seat && seat.Device(caller.Device) is { } device && device.Connection == caller.Connection
            ? (seat, device)
            : null;

    /// <summary>Why <paramref name="who"/> cannot be here with one more device, or with this one again; null when it can.</summary>
    public Refusal? Admits(Identity who, string? device)
    {
        if (who.Role == Role.Teacher && HasTeacherBeside(who.Member))
        {
            return Refusal.TeacherPresent;
        }

        if (Find(who.Member) is { } seat && seat.Role == who.Role)
        {
            return seat.Devices.Count >= MaxDevices && (device is null || seat.Device(device) is null) ? Refusal.TooManyDevices : null;
        }

        // The teacher has a place in a full class: a lesson is nothing without.
        return who.Role == Role.Student && Students >= rules.Seats ? Refusal.ClassFull : null;
    }

    public ClassroomSeat Add(Identity who)
    {
        var seat = new ClassroomSeat(who);
        _byMember.Add(who.Member, seat);
        _inOrder.Add(seat);
        Students += who.Role == Role.Student ? 1 : 0;
        return seat;
    }

    /// <summary>Seats everybody who is in the view, dropped now.</summary>
    public void Restore(PresenceView view, DateTimeOffset now)
    {
        foreach (var member in view.Members.Where(member => member.Devices.Count > 0))
        {
            var seat = Add(new Identity(member.Id, member.Name, member.Role, ""));
            foreach (var name in member.Devices)
            {
                var device = new SeatDevice(name);
                seat.Devices.Add(device);
                Drop(seat, device, now);
            }
        }
    }

    public void Remove(ClassroomSeat seat)
    {
        _byMember.Remove(seat.Member);
        _inOrder.Remove(seat);
        Students -= seat.Role == Role.Student ? 1 : 0;
    }

    public void ChangeRole(ClassroomSeat seat, Role role)
    {
        Students += (role == Role.Student ? 1 : 0) - (seat.Role == Role.Student ? 1 : 0);
        seat.Role = role;
    }

    public void Drop(ClassroomSeat seat, SeatDevice device, DateTimeOffset now)
    {
        device.Connection = null;
        device.GraceEnds = now + rules.Grace;
        _dropped.Enqueue((now + rules.Grace, seat, device));
    }

    /// <summary>Takes the next device whose grace is over.</summary>
    public bool TryTakeExpired(
        DateTimeOffset now, [NotNullWhen(true)] out ClassroomSeat? seat, [NotNullWhen(true)] out SeatDevice? device)
    {
        (seat, device) = (null, null);
        if (!(NextGraceEnd <= now))
        {
            return false;
        }

        (_, seat, device) = _dropped.Dequeue();
        return true;
    }

    private bool HasTeacherBeside(string member) => _inOrder.Exists(seat => seat.Role == Role.Teacher && seat.Member != member);
}
