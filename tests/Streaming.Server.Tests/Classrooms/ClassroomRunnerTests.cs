using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.Media;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomRunnerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServerHost _host = new() { LogsInspection = true };

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task AFullInboxAnswersBusyAndLosesNobodysDeparture()
    {
        var store = new SlowStore();
        var runner = new ClassroomRunner("math", _host.Get<ClassroomSurroundings>() with { Store = store });
        var waiting = Enumerable.Range(0, ClassroomRunner.InboxCapacity)
            .Select(i => runner.AskAsync(new Join(ClassroomScenario.Who($"s{i % 1_000}", Role.Student), "d1", $"c{i}")))
            .ToList();

        Assert.Equal(HubErrors.Busy, (await runner.AskAsync(new TakeSnapshot(new Caller("s0", "d1", "c0")))).Refusal?.Code);
        runner.Tell(new Leave(new Caller("s1", "d1", "c4001")));
        store.Loaded.SetResult(StoredLesson.None);
        await Task.WhenAll(waiting).WaitAsync(Patience);
        var snapshot = await runner.AskAsync(new TakeSnapshot(new Caller("s0", "d1", "c4000"))).WaitAsync(Patience);

        Assert.Equal(999, snapshot.Snapshot!.Seats.Count);
        Assert.Equal(999, runner.Students);
        await runner.CloseAsync().WaitAsync(Patience);
        Assert.Equal(ClassroomRunner.Closed, (await runner.AskAsync(new TakeSnapshot(new Caller("s0", "d1", "c4000")))).Refusal);
    }

    [Fact]
    public async Task HowAStudentReceivesIsHeardThoughTheInboxIsFull()
    {
        await using var host = new ServerHost { Time = new ManualTime() };
        await using var teacher = await host.JoinAsync("t", Role.Teacher);
        await using var student = await host.JoinAsync("s", Role.Student);
        await teacher.InvokeAsync("StartLesson");
        await student.InvokeAsync("Watch", new MediaOffer("v=0"));
        var runner = host.Get<ClassroomDirectory>().Find("math")!;
        var waiting = new List<Task<ClassroomReply>>();
        using (host.Time.Hold())
        {
            while (waiting is [] || !waiting[^1].IsCompleted)
            {
                waiting.Add(runner.AskAsync(new TakeSnapshot(new Caller("s", "d1", "none"))));   // until the answer is: busy
            }

            host.Get<IMediaEvents>().Quality(host.Gateway.Open.Values.Single(), LinkQuality.Bad);
        }

        await Task.WhenAll(waiting).WaitAsync(Patience);
        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HubErrors.Busy, (await waiting[^1]).Refusal?.Code);
        Assert.Equal("bad", (await teacher.HearAsync("Quality"))[0]!["quality"]!.GetValue<string>());
    }

    [Fact]
    public async Task InspectorsFillTheirPartOfTheInboxOnly()
    {
        var store = new SlowStore();
        var runner = new ClassroomRunner("math", _host.Get<ClassroomSurroundings>() with { Store = store });
        var inspector = new Identity("i", "I", Role.Inspector, "math");
        var waiting = Enumerable.Range(0, ClassroomRunner.ObserverInboxCapacity)
            .Select(_ => runner.AskAsync(new Observe(inspector, "d1", "o1")))
            .ToList();

        Assert.Equal(Refusal.Busy, (await runner.AskAsync(new ObserverSnapshot(new Caller("i", "d1", "o1")))).Refusal);
        var joining = runner.AskAsync(new Join(ClassroomScenario.Who("s", Role.Student), "d1", "c1"));
        store.Loaded.SetResult(StoredLesson.None);

        Assert.Null((await joining.WaitAsync(Patience)).Refusal);
        await Task.WhenAll(waiting).WaitAsync(Patience);
        Assert.Null((await runner.AskAsync(new ObserverSnapshot(new Caller("i", "d1", "o1"))).WaitAsync(Patience)).Refusal);
        await runner.CloseAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task WhoLeavesAFullInboxIsNotRefusedAndIsGoneWhenTheCallReturns()
    {
        var store = new SlowStore();
        var runner = new ClassroomRunner("math", _host.Get<ClassroomSurroundings>() with { Store = store });
        var waiting = Enumerable.Range(0, ClassroomRunner.InboxCapacity)
            .Select(_ => runner.AskAsync(new Join(ClassroomScenario.Who("s", Role.Student), "d1", "c1")))
            .ToList();

        var leaving = runner.DepartAsync(new Leave(new Caller("s", "d1", "c1")));
        Assert.False(leaving.IsCompleted);
        store.Loaded.SetResult(StoredLesson.None);
        await leaving.WaitAsync(Patience);

        Assert.Equal(0, runner.Students);
        await Task.WhenAll(waiting).WaitAsync(Patience);
        await runner.CloseAsync().WaitAsync(Patience);
        await runner.DepartAsync(new Leave(new Caller("s", "d1", "c1"))).WaitAsync(Patience);
    }

    [Fact]
    public async Task AClassThatBreaksStartsAnewFromWhatIsStoredAndTheOthersLiveOn()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await using var elsewhere = await _host.ConnectAsync("e", Role.Student, "art");
        await elsewhere.InvokeAsync("Join", new JoinRequest("d1"));
        await teacher.InvokeAsync("StartLesson");
        await teacher.InvokeAsync("Publish", new MediaOffer("v=0"));
        _host.Gateway.Breaks = true;

        Assert.Equal(HubErrors.ServerError, await CodeOrEndAsync(teacher));

        await teacher.Ended;
        Assert.Empty(_host.Gateway.Open);
        await using var back = await _host.ConnectAsync("t", Role.Teacher);
        var reply = await back.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"));
        Assert.Equal(LessonPhase.Live, reply.Classroom.Lesson.Phase);
        Assert.Null(await elsewhere.CodeAsync("Snapshot"));
        Assert.Contains(_host.Logs, line => line.StartsWith("Error Class math broke at SetSources", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFailureAmongTheObserversIsTheirsAloneAndTheyComeBack()
    {
        await using var student = await _host.JoinAsync("s", Role.Student);
        await student.InvokeAsync("Watch", new MediaOffer("v=0"));
        await using var inspector = await _host.JoinAsync("i", Role.Inspector);
        await inspector.InvokeAsync("Watch", new MediaOffer("v=0"));
        var seen = student.Received.Count;
        _host.Gateway.BreaksOnClose = true;

        // The second session replaces the first, and closing the first fails.
        _ = inspector.CodeAsync("Watch", new MediaOffer("v=0"));
        await inspector.Ended;

        Assert.Null(await student.CodeAsync("Snapshot"));
        Assert.Equal(seen, student.Received.Count);
        Assert.Contains(_host.Gateway.Open.Values, owner => owner.Member == "s");
        await using var back = await _host.JoinAsync("i", Role.Inspector);
        Assert.Null(await back.CodeAsync("Snapshot"));
        Assert.Contains(_host.Logs, line => line.StartsWith("Error The observers of class math broke at ObserverMediaOpened", StringComparison.Ordinal));
    }

    // The connection is closed at the same moment: the answer may or may not come first.
    private static async Task<string?> CodeOrEndAsync(HubWire wire)
    {
        var call = wire.CodeAsync("SetSources", (object)new[] { TrackSource.Voice });
        return await Task.WhenAny(call, wire.Ended) == call ? await call : HubErrors.ServerError;
    }

    private sealed class SlowStore : ILessonStore
    {
        public TaskCompletionSource<StoredLesson> Loaded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<StoredLesson> LoadAsync(string classId, CancellationToken cancellationToken) => new(Loaded.Task);

        public ValueTask SaveAsync(string classId, StoredLesson lesson, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
