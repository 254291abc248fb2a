using Streaming.Contracts;
using Streaming.Server.FanOut;

namespace Streaming.Server.Tests.FanOut;

public sealed class OutboxTests
{
    private const int Each = 100;   // bytes of a message here

    private readonly Outbox _outbox = new(new OutboxLimits(10 * Each, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)), _ => Each);

    [Fact]
    public void WhileAllIsTakenAtOnceNothingWaits()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(_outbox.TryBegin());
            _outbox.Taken();
        }

        Assert.Equal((0, false, false), (_outbox.WaitingBytes, _outbox.IsWaiting, _outbox.IsBehind));
        Assert.Equal(OutboxStep.None, _outbox.Tick(At(3_600)));
    }

    [Fact]
    public void WhatComesWhileOneIsUnderWayFollowsInOrder()
    {
        Stick(At(0));
        Assert.False(_outbox.TryBegin());
        HubNews[] sent = [Change(2), Line(1), Change(3)];
        Assert.All(sent, news => Assert.Equal(OutboxStep.None, _outbox.Hold(news)));
        Assert.Equal(3 * Each, _outbox.WaitingBytes);

        Assert.Equal(sent, TakeAll(At(1)));
        Assert.Equal((0, false), (_outbox.WaitingBytes, _outbox.IsWaiting));
        Assert.True(_outbox.TryBegin());
    }

    [Fact]
    public void MoreBytesThanMayWaitAreDroppedForTheLastChangeAndTheLastLine()
    {
        Stick(At(0));
        OutboxStep[] steps = [.. Enumerable.Range(2, 11).Select(version => _outbox.Hold(Change(version)))];
        Assert.Equal(OutboxStep.ToSnapshots, steps[^1]);
        Assert.All(steps[..^1], step => Assert.Equal(OutboxStep.None, step));
        Assert.Equal((0, true), (_outbox.WaitingBytes, _outbox.IsBehind));
        for (var i = 13; i <= 1_000; i++)
        {
            Assert.Equal(OutboxStep.None, _outbox.Hold(i % 2 == 0 ? Change(i) : Line(i)));
            Assert.Equal(0, _outbox.WaitingBytes);
        }

        var left = TakeAll(At(4));
        Assert.Equal([1_000L, 999L], left.Select(NumberOf));
        Assert.False(_outbox.IsBehind);
    }

    [Fact]
    public void OfWhatComesToAConnectionAndIsAskedOfItsPageTheLastWordIsKept()
    {
        Stick(At(0));
        for (var i = 0; i < 1_000; i++)
        {
            _outbox.Hold(new HubNews(nameof(IClassroomClient.Rung), i % 2 == 0 ? Rung.Picture : Rung.Slides));
            Assert.NotEqual(OutboxStep.Close, _outbox.Hold(new HubNews(nameof(IClassroomClient.StillsWanted), i % 2 == 0)));
        }

        Assert.Equal([Rung.Slides, false], TakeAll(At(1)).TakeLast(2).Select(news => news.Payload));
    }

    [Fact]
    public void NothingTakenForFiveSecondsIsDroppedToSnapshotsAndAfterTwentyMoreClosed()
    {
        Stick(At(10));
        _outbox.Hold(Change(2));
        _outbox.Hold(Change(3));
        Assert.Equal(OutboxStep.None, _outbox.Tick(At(14.9)));
        Assert.Equal(OutboxStep.ToSnapshots, _outbox.Tick(At(15)));
        Assert.Equal(OutboxStep.None, _outbox.Tick(At(15.1)));
        Assert.Equal(OutboxStep.None, _outbox.Tick(At(34.9)));
        Assert.Equal(OutboxStep.Close, _outbox.Tick(At(35)));
    }

    [Fact]
    public void ASlowLinkThatDrainsIsJudgedByBytesAlone()
    {
        Stick(At(0));
        var version = 1;
        for (var second = 0; second < 600; second += 4)
        {
            // One message in four seconds: slower than it is told, so it is dropped to snapshots now and then, and never closed.
            _outbox.Hold(Change(++version));
            _outbox.Hold(Change(++version));
            Assert.InRange(_outbox.WaitingBytes, 0, 10 * Each);
            Assert.NotEqual(OutboxStep.Close, _outbox.Tick(At(second + 3.9)));
            Assert.True(_outbox.TryNext(At(second + 4), out _));
        }
    }

    [Fact]
    public void ASnapshotThatIsOnItsWayHasTheTimeThatASlowLinkTakesForIt()
    {
        // 120 kB at 64 kbit/s are 15 s.
        _outbox.Expect(At(0), 15 * OutboxLimits.SlowestLink);
        Stick(At(0));
        _outbox.Hold(Change(2));
        Assert.Equal(OutboxStep.None, _outbox.Tick(At(19.9)));
        Assert.Equal(OutboxStep.ToSnapshots, _outbox.Tick(At(20)));
        Assert.Equal(OutboxStep.None, _outbox.Tick(At(39.9)));
        Assert.Equal(OutboxStep.Close, _outbox.Tick(At(40)));
    }

    [Fact]
    public void NoNumberOfSnapshotsAskedForKeepsAConnectionThatTakesNothing()
    {
        Stick(At(0));
        var closed = 0;
        for (var second = 0; second < 600 && closed == 0; second++)
        {
            if (second < 30)
            {
                _outbox.Expect(At(second), 100 * OutboxLimits.SlowestLink);
            }

            closed = _outbox.Tick(At(second)) == OutboxStep.Close ? second : 0;
        }

        Assert.InRange(closed, 25, 29 + 60 + 25);
    }

    [Fact]
    public void WhatItMissesAgainAfterASnapshotIsDroppedAgain()
    {
        Stick(At(0));
        _outbox.Hold(Change(2));
        Assert.Equal(OutboxStep.ToSnapshots, _outbox.Tick(At(5)));
        _outbox.Hold(Change(3));
        Assert.True(_outbox.TryNext(At(6), out var first));
        Assert.Equal(3, NumberOf(first));
        Assert.False(_outbox.IsBehind);
        _outbox.Hold(Change(4));
        Assert.Equal(OutboxStep.None, _outbox.Tick(At(10.9)));
        Assert.Equal(OutboxStep.ToSnapshots, _outbox.Tick(At(11)));
    }

    [Fact]
    public void WhatIsInNoSnapshotIsKeptAsTheLastWordOnEachMember()
    {
        Stick(At(0));
        Assert.Equal(OutboxStep.ToSnapshots, _outbox.Tick(At(5)));
        _outbox.Hold(News(nameof(IClassroomClient.Quality), Quality("ada", LinkQuality.Bad), Quality("ben", LinkQuality.Fair)));
        _outbox.Hold(News(nameof(IClassroomClient.Presence), Present("ada", PresenceState.Unstable)));
        _outbox.Hold(new HubNews(nameof(IClassroomClient.MediaClosed), "session-1"));
        _outbox.Hold(new HubNews(nameof(IClassroomClient.CheckInProgress), new CheckInProgress(1, [new("ada", CheckInState.Waiting)])));
        _outbox.Hold(Change(7));
        _outbox.Hold(News(nameof(IClassroomClient.Quality), Quality("ada", LinkQuality.Good)));
        _outbox.Hold(News(nameof(IClassroomClient.Presence), Present("ada", PresenceState.Present), Present("cyd", PresenceState.Away)));
        _outbox.Hold(new HubNews(nameof(IClassroomClient.CheckInProgress), new CheckInProgress(2, [new("ada", CheckInState.Waiting), new("ben", CheckInState.Waiting)])));
        _outbox.Hold(new HubNews(nameof(IClassroomClient.CheckInProgress), new CheckInProgress(2, [new("ben", CheckInState.Answered)])));

        var left = TakeAll(At(6));

        Assert.Equal(["MediaClosed", "Quality", "Presence", "CheckInProgress", "Changed"], left.Select(news => news.Method));
        Assert.Equal([Quality("ada", LinkQuality.Good), Quality("ben", LinkQuality.Fair)], (ViewerQuality[])left[1].Payload);
        Assert.Equal([Present("ada", PresenceState.Present), Present("cyd", PresenceState.Away)], (MemberPresence[])left[2].Payload);
        var progress = (CheckInProgress)left[3].Payload;
        Assert.Equal(2, progress.Id);
        Assert.Equal([new("ada", CheckInState.Waiting), new("ben", CheckInState.Answered)], progress.Answers);
    }

    [Fact]
    public void MoreThanAnyClientHasToHearAloneClosesIt()
    {
        Stick(At(0));
        _outbox.Tick(At(5));
        var held = 0;
        while (_outbox.Hold(new HubNews(nameof(IClassroomClient.MediaClosed), $"session-{held}")) == OutboxStep.None)
        {
            held++;
            Assert.InRange(held, 0, 1_000);
        }
    }

    [Fact]
    public void NothingIsBegunOnWhatIsClosed()
    {
        Stick(At(0));
        _outbox.Hold(Change(2));
        _outbox.Close();
        Assert.Equal(0, _outbox.WaitingBytes);
        Assert.False(_outbox.TryNext(At(1), out _));
        Assert.False(_outbox.TryBegin());
        Assert.Equal(OutboxStep.None, _outbox.Hold(Change(3)));
        Assert.False(_outbox.IsWaiting);
    }

    private void Stick(TimeSpan now)
    {
        Assert.True(_outbox.TryBegin());
        _outbox.Stuck(now);
    }

    private List<HubNews> TakeAll(TimeSpan now)
    {
        var taken = new List<HubNews>();
        while (_outbox.TryNext(now, out var next))
        {
            taken.Add(next);
        }

        return taken;
    }

    private static long NumberOf(HubNews news) => news.Payload is ClassroomChange change ? change.Version : ((ChatLine)news.Payload).Id;

    private static HubNews Change(long version) => new(nameof(IClassroomClient.Changed), new ClassroomChange(version));

    private static HubNews Line(long id) => new(nameof(IClassroomClient.Said), new ChatLine(id, "ada", "Ada", Role.Student, "hello", default));

    private static HubNews News<T>(string method, params T[] items) => new(method, items);

    private static ViewerQuality Quality(string member, LinkQuality quality) => new(member, quality);

    private static MemberPresence Present(string member, PresenceState state) => new(member, member, state, default);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
