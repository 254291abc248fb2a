using System.Threading.Channels;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.FanOut;
using Streaming.Server.Media;
using Streaming.Server.Placement;
using Streaming.Server.Stills;

namespace Streaming.Server.Classrooms;

/// <summary>What every runner works with.</summary>
internal sealed record ClassroomSurroundings(
    ClassroomRules Rules,
    ObserverPlaces ObserverPlaces,
    ILessonStore Store,
    Telemetry.StorageHealth StorageHealth,
    HubOutboxes Outboxes,
    IMediaGateway Media,
    ClassStills Stills,
    LedgerBooks Books,
    LedgerEraser Eraser,
    ClassHomes Homes,
    TimeProvider Time,
    ILogger<ClassroomRunner> Logger,
    ILogger InspectionLogger);

/// <summary>The loop of one class: takes commands one by one, and does what the state machines put out, in order.</summary>
/// <remarks>Anybody may post; the loop alone touches <see cref="Classroom"/> and <see cref="Observers"/>.</remarks>
internal sealed partial class ClassroomRunner
{
    /// <summary>How many commands may wait. A whole school joining at one bell fits.</summary>
    public const int InboxCapacity = 4_096;

    /// <summary>How many of these may be the inspectors': they must not fill a class's inbox.</summary>
    public const int ObserverInboxCapacity = 256;

    /// <summary>How long a class without anybody stays open.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(5);

    /// <summary>The class closed before it saw the command: open it anew and ask again.</summary>
    public static readonly Refusal Closed = new(HubErrors.Busy, "The class was just closing; try again.");

    private readonly record struct Posted(
        ClassroomCommand? Command, ObserverCommand? Observer, TaskCompletionSource<ClassroomReply>? Reply, bool HasLostItsHome = false,
        LedgerErasure? Erasure = null);

    private readonly Channel<Posted> _inbox = Channel.CreateBounded<Posted>(new BoundedChannelOptions(InboxCapacity) { SingleReader = true });
    private readonly Dictionary<string, LinkQuality> _heard = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _heardLayers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Rung> _heardRungs = new(StringComparer.Ordinal);
    private readonly List<ClassroomOutput> _outputs = [];
    private readonly HashSet<string> _connections = new(StringComparer.Ordinal);
    private readonly ClassroomSurroundings _around;
    private readonly ILogger _logger;
    private readonly ClassroomAudience _audience;
    private readonly LessonSaver _saver;
    private readonly ITimer _timer;
    private Classroom _classroom = null!;
    private Observers _observers = null!;
    private volatile bool _closed;
    private volatile bool _occupied;
    private int _observersWaiting;
    private int _students;
    private int _teachers;
    private int _mediaSessions;

    public ClassroomRunner(string id, ClassroomSurroundings around)
    {
        (Id, _around, _logger) = (id, around, around.Logger);
        _audience = new ClassroomAudience(around.Outboxes, around.Time, around.Logger);
        _saver = new LessonSaver(id, around.Store, around.StorageHealth, around.Time, around.Logger);
        _timer = around.Time.CreateTimer(_ => _inbox.Writer.TryWrite(default), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Completion = Task.Run(RunAsync);
    }

    public string Id { get; }

    /// <summary>Ends when the class is closed and its lesson is on the disk.</summary>
    public Task Completion { get; }

    /// <summary>A member is in, or about to be; inspectors do not count.</summary>
    public bool IsOccupied => _occupied;

    public int Students => Volatile.Read(ref _students);

    public int Teachers => Volatile.Read(ref _teachers);

    public int MediaSessions => Volatile.Read(ref _mediaSessions);

    /// <summary>A member is about to ask for a seat.</summary>
    public void Expect() => _occupied = true;

    /// <summary>Asks the class; <see cref="HubErrors.Busy"/> when too much is waiting, <see cref="Closed"/> when it closed.</summary>
    public Task<ClassroomReply> AskAsync(ClassroomCommand command, CancellationToken cancellationToken = default) =>
        PostAsync(reply => new Posted(command, null, reply), cancellationToken);

    /// <inheritdoc cref="AskAsync(ClassroomCommand, CancellationToken)"/>
    public Task<ClassroomReply> AskAsync(ObserverCommand command, CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _observersWaiting) < ObserverInboxCapacity
            ? PostAsync(reply => new Posted(null, command, reply), cancellationToken)
            : Task.FromResult<ClassroomReply>(_closed ? Closed : Refusal.Busy);

    /// <summary>Tells the class what it must hear, however much is waiting: that somebody or something is gone.</summary>
    public void Tell(ClassroomCommand command) => Deliver(new Posted(command, null, null));

    /// <inheritdoc cref="Tell(ClassroomCommand)"/>
    public void Tell(ObserverCommand command) => Deliver(new Posted(null, command, null));

    /// <summary>Like <see cref="Tell(ClassroomCommand)"/>, and waits until the class has heard it, or is closed.</summary>
    public Task DepartAsync(ClassroomCommand command) => DepartAsync(new Posted(command, null, NewReply()));

    /// <inheritdoc cref="DepartAsync(ClassroomCommand)"/>
    public Task DepartAsync(ObserverCommand command) => DepartAsync(new Posted(null, command, NewReply()));

    /// <summary>Tells the class how a session receives. Beside the inbox: a full one loses nothing, and only the latest counts.</summary>
    public void Hear(string session, LinkQuality quality)
    {
        lock (_heard)
        {
            _heard[session] = quality;
        }

        _inbox.Writer.TryWrite(default);
    }

    /// <summary>Tells the class what a session's link carries. Beside the inbox, as <see cref="Hear(string, LinkQuality)"/>.</summary>
    public void Hear(string session, Rung rung)
    {
        lock (_heard)
        {
            _heardRungs[session] = rung;
        }

        _inbox.Writer.TryWrite(default);
    }

    /// <summary>Tells the class which of its camera's layers a session need send. Beside the inbox, as <see cref="Hear(string, LinkQuality)"/>.</summary>
    public void HearLayersWanted(string session, int top)
    {
        lock (_heard)
        {
            _heardLayers[session] = top;
        }

        _inbox.Writer.TryWrite(default);
    }

    /// <summary>Erases records of a class in which nobody is.</summary>
    public Task<ClassroomReply> EraseAsync(LedgerErasure erasure) =>
        PostAsync(reply => new Posted(null, null, reply, Erasure: erasure), CancellationToken.None);

    /// <summary>Another node has the class now: everybody is sent away, and finds the way there.</summary>
    public void Lose() => Deliver(new Posted(null, null, null, HasLostItsHome: true));

    /// <summary>Takes no more commands and ends, with the lesson on the disk.</summary>
    public Task CloseAsync()
    {
        _closed = true;
        _inbox.Writer.TryComplete();
        return Completion;
    }

    private Task<ClassroomReply> PostAsync(Func<TaskCompletionSource<ClassroomReply>, Posted> make, CancellationToken cancellationToken)
    {
        var reply = NewReply();
        var posted = make(reply);
        Count(posted, 1);
        if (_inbox.Writer.TryWrite(posted))
        {
            return reply.Task.WaitAsync(cancellationToken);
        }

        Count(posted, -1);
        return Task.FromResult<ClassroomReply>(_closed ? Closed : Refusal.Busy);
    }

    private static TaskCompletionSource<ClassroomReply> NewReply() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<ClassroomReply> DepartAsync(Posted posted)
    {
        Count(posted, 1);
        Deliver(posted);
        return posted.Reply!.Task;
    }

    // What observers tell without an answer comes once per connection or session, and is not counted.
    private void Count(in Posted posted, int by)
    {
        if (posted is { Observer: not null, Reply: not null })
        {
            Interlocked.Add(ref _observersWaiting, by);
        }
    }

    private void Deliver(Posted posted)
    {
        if (!_inbox.Writer.TryWrite(posted))
        {
            _ = DeliverAsync(posted);
        }
    }

    private async Task DeliverAsync(Posted posted)
    {
        try
        {
            await _inbox.Writer.WriteAsync(posted);
        }
        catch (ChannelClosedException)
        {
            posted.Reply?.TrySetResult(Closed);
        }
    }
}
