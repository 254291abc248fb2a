using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.FanOut;
using Streaming.Server.Media;
using Streaming.Server.Placement;
using Streaming.Server.Telemetry;
using Streaming.Server.Turn;

namespace Streaming.Server.Classrooms;

/// <summary>The hub: finds the caller's place, turns each call into one command, and a refusal into a hub error.</summary>
internal sealed class ClassroomHub(
    ClassroomDirectory classes, MediaNegotiation media, HubConnections connections, HubOutboxes outboxes, NodeDirectory nodes,
    TurnCredentials turn, StreamingMeters meters)
    : Hub<IClassroomClient>, IClassroomHub
{
    /// <summary>Where a connection sits; in its <c>Items</c> from <see cref="Join"/> to <see cref="Leave"/>.</summary>
    private sealed record Place(ClassroomRunner Runner, Identity Who, Caller Caller)
    {
        public bool IsObserver => Who.Role == Role.Inspector;
    }

    private Place? Here
    {
        get => Context.Items.TryGetValue(typeof(Place), out var place) ? (Place?)place : null;
        set => Context.Items[typeof(Place)] = value;
    }

    public override Task OnConnectedAsync()
    {
        if (!connections.TryAdd(Context, TicketIdentity.Of(Context.User), TicketIdentity.ExpiryOf(Context.User)))
        {
            Context.Abort();
        }

        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        // First the class, then the count: who sees the connection gone finds its seat dropped.
        Vacate(timedOut: exception is OperationCanceledException);
        connections.Remove(Context.ConnectionId);
        return Task.CompletedTask;
    }

    public async Task<JoinReply> Join(JoinRequest request)
    {
        if (request?.Device is not { } device || !Ids.IsValid(device))
        {
            throw Refused(new Refusal(HubErrors.BadRequest, $"The device is {Ids.Rule}."));
        }

        if (Here is { } already && already.Caller.Device != device)
        {
            throw Refused(new Refusal(HubErrors.BadRequest, "This connection has joined as another device; leave first."));
        }

        var who = TicketIdentity.Of(Context.User);
        var caller = new Caller(who.Member, device, Context.ConnectionId);
        var former = Here;
        var (_, reply) = await classes.AskAsync(who, runner =>
        {
            // Noted before the class hears of it: a connection that breaks now must find its place to give it up.
            var place = new Place(runner, who, caller);
            Here = place;
            return place.IsObserver
                ? runner.AskAsync(new Observe(who, caller.Device, caller.Connection))
                : runner.AskAsync(new Join(who, caller.Device, caller.Connection));
        });
        if (reply.Refusal is not null)
        {
            // Who sat here already still sits: without the place the seat would never be given up.
            Here = former;
            throw Refused(reply.Refusal);
        }

        if (Context.ConnectionAborted.IsCancellationRequested)
        {
            Vacate(timedOut: false);
        }

        meters.Joined(who.Role);
        outboxes.Find(Context.ConnectionId)?.Expect(reply.Snapshot!);
        return new JoinReply(who, classes.Server, reply.Snapshot!, nodes.OtherUrls, turn.Make());
    }

    public async Task Leave()
    {
        if (Here is { } place)
        {
            Here = null;
            await (place.IsObserver
                ? place.Runner.DepartAsync(new ObserverLeave(place.Caller))
                : place.Runner.DepartAsync(new Leave(place.Caller)));
        }
    }

    public async Task<ClassroomSnapshot> Snapshot()
    {
        var place = Here ?? throw Refused(Refusal.NotJoined);
        var snapshot = Done(await (place.IsObserver
            ? place.Runner.AskAsync(new ObserverSnapshot(place.Caller))
            : place.Runner.AskAsync(new TakeSnapshot(place.Caller)))).Snapshot!;
        outboxes.Find(Context.ConnectionId)?.Expect(snapshot);
        return snapshot;
    }

    public Task StartLesson() => AskAsync(caller => new StartLesson(caller));

    public Task EndLesson() => AskAsync(caller => new EndLesson(caller));

    public Task SetSources(IReadOnlyList<TrackSource> sources) => AskAsync(caller => new SetSources(caller, sources));

    // An inspector's page spares its own link; nobody else is told.
    public async Task LimitRung(Rung highest)
    {
        if (Here is { IsObserver: true } place)
        {
            Done(await place.Runner.AskAsync(new ObserverLimitRung(place.Caller, highest)));
            return;
        }

        await AskAsync(caller => new LimitRung(caller, highest));
    }

    public Task RaiseHand() => AskAsync(caller => new RaiseHand(caller));

    public Task LowerHand(string? member) => AskAsync(caller => new LowerHand(caller, member));

    public async Task Say(string text)
    {
        await AskAsync(caller => new Say(caller, text));
        meters.Said();
    }

    // Nobody counts what an inspector's page shows, and nobody is told that it said so.
    public Task Report(DeviceReport report) =>
        Here is { IsObserver: true } ? Task.CompletedTask : AskAsync(caller => new ReportDevice(caller, report));

    public async Task<CheckIn> AskCheckIn(int? seconds) => (await AskAsync(caller => new AskCheckIn(caller, seconds))).CheckIn!;

    public Task CloseCheckIn() => AskAsync(caller => new CloseCheckIn(caller));

    public Task AnswerCheckIn(long id) => AskAsync(caller => new AnswerCheckIn(caller, id));

    public Task<MediaAnswer> Publish(MediaOffer offer) => OpenAsync(Member(), MediaKind.Publish, offer);

    public Task<MediaAnswer> Watch(MediaOffer offer) => OpenAsync(Here ?? throw Refused(Refusal.NotJoined), MediaKind.Watch, offer);

    private static HubException Refused(Refusal refusal) => new(HubErrors.Compose(refusal.Code, refusal.Sentence));

    private static ClassroomReply Done(ClassroomReply reply) => reply.Refusal is { } refusal ? throw Refused(refusal) : reply;

    /// <summary>The caller's place in the class, where inspectors have none.</summary>
    private Place Member() => Here switch
    {
        null => throw Refused(Refusal.NotJoined),
        { IsObserver: true } => throw Refused(Refusal.InspectorIsSilent),
        var place => place,
    };

    private async Task<ClassroomReply> AskAsync(Func<Caller, ClassroomCommand> command)
    {
        var place = Member();
        return Done(await place.Runner.AskAsync(command(place.Caller)));
    }

    private async Task<MediaAnswer> OpenAsync(Place place, MediaKind kind, MediaOffer? offer)
    {
        var outcome = await media.OpenAsync(place.Runner, place.Who, place.Caller, kind, offer?.Sdp, Context.ConnectionAborted);
        return outcome.Answer ?? throw Refused(outcome.Refusal!);
    }

    private void Vacate(bool timedOut)
    {
        switch (Here)
        {
            case { IsObserver: true } place:
                place.Runner.Tell(new ObserverDisconnected(place.Caller));
                break;
            case { } place:
                place.Runner.Tell(new Disconnected(place.Caller, timedOut));
                break;
        }
    }
}
