using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Streaming.Contracts;

namespace Streaming.Client;

/// <summary>How a <see cref="ClassroomClient"/> stands to its class.</summary>
public enum ClassroomClientState
{
    /// <summary>Not yet started.</summary>
    New,

    /// <summary>On the way to its seat, for the first time or again.</summary>
    Connecting,

    /// <summary>Seated; calls are possible and changes arrive.</summary>
    Joined,

    /// <summary>Left, dismissed or refused; it does not come back.</summary>
    Closed,
}

/// <summary>One device's seat in a class: typed calls, an own copy of the class, and the will to come back.</summary>
/// <remarks>
/// <para>Safe for threads. Events are raised one after the other, in order, by one loop of this client; a handler that is slow delays
/// the next event and nothing else, and one that throws is logged.</para>
/// <para>Every call throws <see cref="ClassroomException"/> with the code of the refusal.</para>
/// <para>Where a city has several servers, it goes by itself to the one where the class lives, and tries the others when one fails. A call
/// that is refused with <see cref="HubErrors.Elsewhere"/> was not carried out: call again after <see cref="Rejoined"/>.</para>
/// </remarks>
public sealed partial class ClassroomClient : IAsyncDisposable
{
    private readonly ClassroomClientOptions _options;
    private readonly ILogger _logger;
    private readonly HubLink _link;
    private readonly CityNodes _nodes;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;   // still good when the source is disposed
    private readonly Lock _gate = new();
    private readonly ClassroomCopy _copy = new();
    private readonly List<Waiter> _waiters = [];
    private readonly Channel<Action> _events = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource<JoinReply> _firstJoin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _raising;
    private Task _running = Task.CompletedTask;
    private bool _atOnce;

    /// <summary>Makes a client; <see cref="JoinAsync"/> brings it to its seat.</summary>
    public ClassroomClient(ClassroomClientOptions options)
    {
        _options = options;
        _stopping = _stop.Token;
        _logger = options.LoggerFactory.CreateLogger<ClassroomClient>();
        _nodes = new CityNodes(options.Server, options.Clock);
        _link = new HubLink(options) { Led = OnLed };
        _link.On<ClassroomChange>(nameof(IClassroomClient.Changed), OnChangedAsync);
        _link.On<ChatLine>(nameof(IClassroomClient.Said), OnSaidAsync);
        _link.On<IReadOnlyList<ViewerQuality>>(nameof(IClassroomClient.Quality), changed => Raise(() => Quality?.Invoke(changed)));
        _link.On<IReadOnlyList<MemberPresence>>(nameof(IClassroomClient.Presence), changed => Raise(() => Presence?.Invoke(changed)));
        _link.On<CheckInProgress>(nameof(IClassroomClient.CheckInProgress), progress => Raise(() => CheckInProgress?.Invoke(progress)));
        _link.On<Rung>(nameof(IClassroomClient.Rung), rung => Raise(() => Rung?.Invoke(rung)));
        _link.On<bool>(nameof(IClassroomClient.StillsWanted), wanted => Raise(() => StillsWanted?.Invoke(wanted)));
        _link.On<LayersWanted>(nameof(IClassroomClient.LayersWanted), wanted => Raise(() => LayersWanted?.Invoke(wanted)));
        _link.On<string>(nameof(IClassroomClient.MediaClosed), session => Raise(() => MediaClosed?.Invoke(session)));
        _link.On<string>(nameof(IClassroomClient.Dismissed), OnDismissed);
        _raising = RaiseAllAsync();
    }

    /// <summary>The copy of the class moved: by a change, a snapshot or a join.</summary>
    public event Action<ClassroomSnapshot>? Changed;

    /// <summary>Somebody said a line; after an absence also the lines of it that the class still keeps. Each once, in order.</summary>
    public event Action<ChatLine>? Said;

    /// <summary>How students receive; for teachers and inspectors.</summary>
    public event Action<IReadOnlyList<ViewerQuality>>? Quality;

    /// <summary>
    /// How students stand to the class; for teachers and inspectors. After each join the first one names all who are not present: what was
    /// known before it is void.
    /// </summary>
    public event Action<IReadOnlyList<MemberPresence>>? Presence;

    /// <summary>How the open check-in goes; for teachers and inspectors.</summary>
    public event Action<CheckInProgress>? CheckInProgress;

    /// <summary>How much of the lesson comes to this device now.</summary>
    public event Action<Rung>? Rung;

    /// <summary>Whether somebody in the class lives on stills of the screen; for teachers.</summary>
    public event Action<bool>? StillsWanted;

    /// <summary>Which of the camera's layers somebody sees; for the device that sends the lesson.</summary>
    public event Action<LayersWanted>? LayersWanted;

    /// <summary>A media session ended on the server.</summary>
    public event Action<string>? MediaClosed;

    /// <summary>The seat was taken away, or the server refused to give it back; the code says why. The client is closed.</summary>
    public event Action<string>? Dismissed;

    /// <summary>The seat was taken again after a loss. Whether media sessions live on, <see cref="JoinReply.Server"/> tells.</summary>
    public event Action<JoinReply>? Rejoined;

    /// <summary>The connection was lost; the client is on its way back.</summary>
    public event Action? Lost;

    /// <summary>The class as known now; null before the first join. A new object for every version.</summary>
    public ClassroomSnapshot? Classroom
    {
        get
        {
            lock (_gate)
            {
                return _copy.Current;
            }
        }
    }

    /// <summary>Who the ticket says this is; null before the first join.</summary>
    public Identity? Me { get; private set; }

    /// <summary>Where it stands.</summary>
    public ClassroomClientState State { get; private set; }

    /// <summary>Connects and takes the seat, trying again while there is no server.</summary>
    /// <param name="cancellationToken">Gives up; the client is then closed.</param>
    /// <exception cref="ClassroomException">The server refuses; the client is closed.</exception>
    public async Task<JoinReply> JoinAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (State != ClassroomClientState.New)
            {
                throw new InvalidOperationException("A client joins once; it comes back by itself.");
            }

            State = ClassroomClientState.Connecting;
        }

        _running = RunAsync();
        await using var _ = cancellationToken.Register(() => _firstJoin.TrySetCanceled(cancellationToken));
        try
        {
            return await _firstJoin.Task;
        }
        catch (OperationCanceledException)
        {
            await _stop.CancelAsync();
            throw;
        }
    }

    /// <summary>Gives the seat up at once and closes.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _link.InvokeAsync(nameof(IClassroomHub.Leave), [], cancellationToken);
        }
        catch (ClassroomException e) when (e.Code is ClassroomException.Offline or HubErrors.NotJoined)
        {
            // No seat to give up now; one that is still held for us lapses by itself.
        }
        finally
        {
            await CloseAsync();
        }
    }

    /// <inheritdoc cref="IClassroomHub.StartLesson"/>
    public Task StartLessonAsync(CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.StartLesson), [], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.EndLesson"/>
    public Task EndLessonAsync(CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.EndLesson), [], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.Publish"/>
    public Task<MediaAnswer> PublishAsync(string sdpOffer, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync<MediaAnswer>(nameof(IClassroomHub.Publish), [new MediaOffer(sdpOffer)], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.SetSources"/>
    public Task SetSourcesAsync(IReadOnlyList<TrackSource> sources, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.SetSources), [sources], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.Watch"/>
    public Task<MediaAnswer> WatchAsync(string sdpOffer, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync<MediaAnswer>(nameof(IClassroomHub.Watch), [new MediaOffer(sdpOffer)], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.LimitRung"/>
    public Task LimitRungAsync(Rung highest, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.LimitRung), [highest], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.RaiseHand"/>
    public Task RaiseHandAsync(CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.RaiseHand), [], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.LowerHand"/>
    public Task LowerHandAsync(string? member = null, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.LowerHand), [member], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.Say"/>
    public Task SayAsync(string text, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.Say), [text], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.Report"/>
    public Task ReportAsync(DeviceReport report, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.Report), [report], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.AskCheckIn"/>
    public Task<CheckIn> AskCheckInAsync(int? seconds = null, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync<CheckIn>(nameof(IClassroomHub.AskCheckIn), [seconds], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.CloseCheckIn"/>
    public Task CloseCheckInAsync(CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.CloseCheckIn), [], cancellationToken);

    /// <inheritdoc cref="IClassroomHub.AnswerCheckIn"/>
    public Task AnswerCheckInAsync(long id, CancellationToken cancellationToken = default) =>
        _link.InvokeAsync(nameof(IClassroomHub.AnswerCheckIn), [id], cancellationToken);

    /// <summary>Asks for the whole class and takes it over unless it is older than what is known.</summary>
    /// <returns>The class as known then.</returns>
    public async Task<ClassroomSnapshot> SnapshotAsync(CancellationToken cancellationToken = default)
    {
        var snapshot = await _link.InvokeAsync<ClassroomSnapshot>(nameof(IClassroomHub.Snapshot), [], cancellationToken);
        lock (_gate)
        {
            var missed = new List<ChatLine>();
            if (_copy.Apply(snapshot, missed))
            {
                RaiseChanged(missed);
            }

            return _copy.Current!;
        }
    }

    /// <summary>Waits until the class is as <paramref name="condition"/> wants it; at once when it already is.</summary>
    /// <param name="condition">Looked at for every version that becomes known; quick, and without effects.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClassroomException">The client was closed before.</exception>
    public async Task<ClassroomSnapshot> WaitForAsync(
        Func<ClassroomSnapshot, bool> condition, CancellationToken cancellationToken = default)
    {
        var waiter = new Waiter(condition, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            if (_copy.Current is { } known && condition(known))
            {
                return known;
            }

            if (State == ClassroomClientState.Closed)
            {
                throw new ClassroomException(ClassroomException.Offline, "The client is closed.");
            }

            _waiters.Add(waiter);
        }

        await using var _ = cancellationToken.Register(() => waiter.Done.TrySetCanceled(cancellationToken));
        try
        {
            return await waiter.Done.Task;
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    /// <summary>Drops the connection without leaving: to the class it looks like a lost link.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _link.DisposeAsync();
        _stop.Dispose();
    }
}
