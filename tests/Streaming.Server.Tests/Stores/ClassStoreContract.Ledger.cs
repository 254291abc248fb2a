using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stores;

namespace Streaming.Server.Tests.Stores;

/// <summary>The ledger: in order, exactly once in effect, by one writer.</summary>
public abstract partial class ClassStoreContract
{
    [Fact]
    public async Task EntriesAreReadAgainWholeAndInOrder()
    {
        LedgerEntry[] entries =
        [
            new(Class, 1, LedgerKind.Started, Bell, TimeSpan.FromTicks(1)),
            new(Class, 2, LedgerKind.Joined, Bell.AddTicks(7), TimeSpan.FromTicks(9), "ada", "web", Role.Student, Name: "王小明\t\\n\u0007"),
            new(Class, 3, LedgerKind.Media, Bell, TimeSpan.Zero, "ada", "web", Role.Student, Facts: MediaFacts.Sound | MediaFacts.Hidden),
            new(Class, 4, LedgerKind.Dropped, Bell, TimeSpan.FromHours(2), "ada", "web", Role.Student, LedgerCause.TimedOut),
            new(Class, 5, LedgerKind.Interrupted, Bell, TimeSpan.Zero, Since: Bell.AddTicks(-1)),
            new(Class, 6, LedgerKind.CheckAsked, Bell, TimeSpan.Zero, Number: 60),
        ];
        var epoch = await ClaimAsync("a");
        Assert.Equal(new AppendReply(AppendOutcome.Done, 6), await Store.AppendAsync(Class, epoch, entries));

        Assert.Equal(entries, await Store.ReadAsync(Class, after: 0, limit: 100));
        Assert.Empty(await Store.ReadAsync(Class, after: 6, limit: 100));
        Assert.Empty(await Store.ReadAsync(Class, after: long.MaxValue, limit: 100));
        Assert.Empty(await Store.ReadAsync(Class + "x", after: 0, limit: 100));
        Assert.Equal(6, (await Store.ClaimAsync(Class, "b", epoch)).LastSequence);
    }

    [Fact]
    public async Task TheLedgerIsReadInPages()
    {
        var epoch = await ClaimAsync("a");
        await Store.AppendAsync(Class, epoch, Entries(1, 250));
        var read = new List<long>();
        while (await Store.ReadAsync(Class, after: read.Count == 0 ? 0 : read[^1], limit: 100) is { Count: > 0 and var count } page)
        {
            Assert.True(count == 100 || read.Count == 200);
            read.AddRange(page.Select(entry => entry.Sequence));
        }

        Assert.Equal(Enumerable.Range(1, 250).Select(i => (long)i), read);
    }

    [Fact]
    public async Task ABatchMayComeTwiceAndMayOverlap()
    {
        var epoch = await ClaimAsync("a");
        Assert.Equal(new AppendReply(AppendOutcome.Done, 3), await Store.AppendAsync(Class, epoch, Entries(1, 3)));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 3), await Store.AppendAsync(Class, epoch, Entries(1, 3)));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 5), await Store.AppendAsync(Class, epoch, Entries(2, 5)));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 5), await Store.AppendAsync(Class, epoch, Entries(1, 2)));

        Assert.Equal(Entries(1, 5), await Store.ReadAsync(Class, 0, 100));
    }

    [Fact]
    public async Task WhatComesTwiceIsKeptAsItCameFirst()
    {
        var epoch = await ClaimAsync("a");
        await Store.AppendAsync(Class, epoch, [Entry(1, LedgerKind.Joined, "ada")]);
        await Store.AppendAsync(Class, epoch, [Entry(1, LedgerKind.Left, "ada"), Entry(2, LedgerKind.Dropped, "ada")]);

        Assert.Equal([LedgerKind.Joined, LedgerKind.Dropped], (await Store.ReadAsync(Class, 0, 100)).Select(entry => entry.Kind));
        Assert.Equal([new DevicePresence("ada", "web", Role.Student, IsConnected: false, Bell.AddSeconds(2))], await Store.PresentAsync(Class));
    }

    /// <summary>A store that was emptied is told again from where its node's own story begins.</summary>
    [Fact]
    public async Task AnEmptyLedgerTakesAnyBeginning()
    {
        var epoch = await ClaimAsync("a");

        Assert.Equal(new AppendReply(AppendOutcome.Done, 9), await Store.AppendAsync(Class, epoch, Entries(7, 9)));
        Assert.Equal(Entries(7, 9), await Store.ReadAsync(Class, 0, 100));
    }

    [Fact]
    public async Task LessonsAreFoundByTheirMarks()
    {
        var epoch = await ClaimAsync("a");
        await Store.AppendAsync(Class, epoch,
        [
            Entry(1, LedgerKind.Started), Entry(2, LedgerKind.Ended), Entry(3, LedgerKind.Closed), Entry(4, LedgerKind.Started), Entry(5, LedgerKind.Joined, "ada"),
            Entry(6, LedgerKind.Started),
        ]);

        LedgerMark[] starts = [new(1, Bell.AddSeconds(1)), new(4, Bell.AddSeconds(4)), new(6, Bell.AddSeconds(6))];
        Assert.Equal(starts, await Store.MarksAsync(Class, LedgerKind.Started, 10));
        Assert.Equal(starts[1..], await Store.MarksAsync(Class, LedgerKind.Started, 2));
        Assert.Equal([new LedgerMark(3, Bell.AddSeconds(3))], await Store.MarksAsync(Class, LedgerKind.Closed, 1));

        await Store.RewriteAsync(Class, epoch, [Entry(4, LedgerKind.Started), Entry(6, LedgerKind.Started), Entry(7, LedgerKind.Erased)]);
        Assert.Equal(starts[1..], await Store.MarksAsync(Class, LedgerKind.Started, 10));
        Assert.Empty(await Store.MarksAsync(Class, LedgerKind.Closed, 1));
    }

    [Fact]
    public async Task AGapIsRefusedAndNamed()
    {
        var epoch = await ClaimAsync("a");
        await Store.AppendAsync(Class, epoch, Entries(1, 2));
        Assert.Equal(new AppendReply(AppendOutcome.Gap, 2), await Store.AppendAsync(Class, epoch, [Entry(4, LedgerKind.Joined, "ada")]));

        Assert.Equal(Entries(1, 2), await Store.ReadAsync(Class, 0, 100));
        Assert.Empty(await Store.PresentAsync(Class));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 4), await Store.AppendAsync(Class, epoch, Entries(3, 4)));
    }

    [Fact]
    public async Task AGapIsPassedOverForAWriterThatHasNothingToFillIt()
    {
        var epoch = await ClaimAsync("a");
        await Store.AppendAsync(Class, epoch, Entries(1, 2));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 7), await Store.AppendAsync(Class, epoch, Entries(6, 7), overGap: true));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 8), await Store.AppendAsync(Class, epoch, Entries(6, 8), overGap: true));

        Assert.Equal([.. Entries(1, 2), .. Entries(6, 8)], await Store.ReadAsync(Class, 0, 100));
    }

    [Fact]
    public async Task AnOlderEpochsEntriesAreRefused()
    {
        Assert.Equal(new AppendReply(AppendOutcome.Fenced, 0), await Store.AppendAsync(Class, epoch: 1, Entries(1, 1)));
        var old = await ClaimAsync("a");
        await Store.AppendAsync(Class, old, Entries(1, 2));
        var @new = await ClaimAsync("b", old);

        Assert.Equal(new AppendReply(AppendOutcome.Fenced, 2), await Store.AppendAsync(Class, old, Entries(3, 3)));
        Assert.Equal(new AppendReply(AppendOutcome.Fenced, 2), await Store.AppendAsync(Class, old, Entries(1, 2)));
        Assert.False(await Store.RewriteAsync(Class, old, Entries(2, 2)));
        Assert.Equal(Entries(1, 2), await Store.ReadAsync(Class, 0, 100));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 3), await Store.AppendAsync(Class, @new, Entries(3, 3)));
    }

    [Fact]
    public async Task WhatANodeGaveBackItWritesNoMoreOnceAnotherHasIt()
    {
        var old = await ClaimAsync("a");
        await Store.ReleaseAsync(Class, old);
        Assert.Equal(new AppendReply(AppendOutcome.Done, 1), await Store.AppendAsync(Class, old, Entries(1, 1)));   // its last ones
        await ClaimAsync("b", old);
        Assert.Equal(AppendOutcome.Fenced, (await Store.AppendAsync(Class, old, Entries(2, 2))).Outcome);
    }

    [Fact]
    public async Task OfTwoWritersWhoRaceOneIsFencedAndEveryNumberIsThereOnce()
    {
        const int most = 2_000;
        var old = await ClaimAsync("a");
        var firstWritten = new TaskCompletionSource();
        var formerWriter = Task.Run(async () =>
        {
            for (long next = 1; next < most; next += 2)
            {
                var reply = await Store.AppendAsync(Class, old, [Entry(next, LedgerKind.Joined, "a-1"), Entry(next + 1, LedgerKind.Left, "a-1")]);
                firstWritten.TrySetResult();
                if (reply.Outcome == AppendOutcome.Fenced)
                {
                    return next - 1;
                }
            }

            return most;
        });
        await firstWritten.Task;
        var claim = await Store.ClaimAsync(Class, "b", old);
        var last = await Store.AppendAsync(Class, claim.Home.Epoch, [Entry(claim.LastSequence + 1, LedgerKind.Joined, "b-1")]);

        Assert.Equal(new AppendReply(AppendOutcome.Done, claim.LastSequence + 1), last);
        Assert.Equal(claim.LastSequence, await formerWriter);
        var ledger = await Store.ReadAsync(Class, 0, most + 10);
        Assert.Equal(Enumerable.Range(1, (int)last.LastSequence).Select(i => (long)i), ledger.Select(entry => entry.Sequence));
        Assert.All(ledger, entry => Assert.Equal(entry.Sequence > claim.LastSequence ? "b-1" : "a-1", entry.Member));
        Assert.Equal(["b-1"], (await Store.PresentAsync(Class)).Select(device => device.Member));
    }

    [Fact]
    public async Task TheViewFollowsTheLedger()
    {
        var epoch = await ClaimAsync("a");
        await Store.AppendAsync(Class, epoch,
        [
            Entry(1), Entry(2, LedgerKind.Joined, "teacher-1"), Entry(3, LedgerKind.Joined, "ada"), Entry(4, LedgerKind.Joined, "ada", "phone"),
            Entry(5, LedgerKind.Joined, "ben"), Entry(6, LedgerKind.Media, "ben"),
        ]);
        Assert.Equal([Device("ada", 4, "phone"), Device("ada", 3), Device("ben", 5), Device("teacher-1", 2)], await Store.PresentAsync(Class));

        await Store.AppendAsync(Class, epoch, [Entry(7, LedgerKind.Dropped, "ada"), Entry(8, LedgerKind.Left, "ben"), Entry(9, LedgerKind.Left, "nobody")]);
        Assert.Equal([Device("ada", 4, "phone"), Device("ada", 7) with { IsConnected = false }, Device("teacher-1", 2)], await Store.PresentAsync(Class));

        await Store.AppendAsync(Class, epoch, [Entry(10, LedgerKind.Returned, "ada"), Entry(11, LedgerKind.Ended), Entry(12, LedgerKind.CheckAnswered, "ada")]);
        Assert.Equal([Device("ada", 4, "phone"), Device("ada", 10), Device("teacher-1", 2)], await Store.PresentAsync(Class));

        await Store.AppendAsync(Class, epoch, [Entry(13, LedgerKind.Interrupted) with { Since = Bell.AddSeconds(12.5) }, Entry(14, LedgerKind.Returned, "ada")]);
        Assert.Equal(
            [Device("ada", 13, "phone") with { IsConnected = false }, Device("ada", 14), Device("teacher-1", 13) with { IsConnected = false }],
            await Store.PresentAsync(Class));

        await Store.AppendAsync(Class, epoch, [Entry(15, LedgerKind.Interrupted), Entry(16, LedgerKind.Left, "teacher-1")]);
        Assert.Equal(
            [Device("ada", 15, "phone") with { IsConnected = false }, Device("ada", 15) with { IsConnected = false }], await Store.PresentAsync(Class));
    }

    [Fact]
    public async Task ARewrittenLedgerGoesOn()
    {
        var epoch = await ClaimAsync("a");
        await Store.AppendAsync(Class, epoch, [Entry(1), Entry(2, LedgerKind.Joined, "ada"), Entry(3, LedgerKind.Joined, "ben"), Entry(4)]);
        LedgerEntry[] rest = [Entry(1), Entry(3, LedgerKind.Joined, "ben"), Entry(5, LedgerKind.Erased) with { Cause = LedgerCause.Asked }];

        Assert.False(await Store.RewriteAsync(Class, epoch, [Entry(1), Entry(3)]));   // the fourth came meanwhile
        Assert.Equal(4, (await Store.ReadAsync(Class, 0, 100)).Count);
        Assert.True(await Store.RewriteAsync(Class, epoch, rest));
        Assert.True(await Store.RewriteAsync(Class, epoch, rest));
        Assert.Equal(rest, await Store.ReadAsync(Class, 0, 100));
        Assert.Equal(["ada", "ben"], (await Store.PresentAsync(Class)).Select(device => device.Member));

        Assert.Equal(new AppendReply(AppendOutcome.Done, 5), await Store.AppendAsync(Class, epoch, Entries(2, 4)));
        Assert.Equal(new AppendReply(AppendOutcome.Gap, 5), await Store.AppendAsync(Class, epoch, Entries(7, 7)));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 6), await Store.AppendAsync(Class, epoch, [Entry(6, LedgerKind.Left, "ada")]));
        Assert.Equal([1L, 3, 5, 6], (await Store.ReadAsync(Class, 0, 100)).Select(entry => entry.Sequence));
        Assert.Equal(["ben"], (await Store.PresentAsync(Class)).Select(device => device.Member));
    }

    [Fact]
    public async Task AWrongBatchIsTheCallersMistake()
    {
        var epoch = await ClaimAsync("a");
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(Class, epoch, []));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(Class, epoch, [Entry(1), Entry(3)]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(Class, epoch, [Entry(1) with { Class = "another" }]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.RewriteAsync(Class, epoch, [Entry(3), Entry(1)]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ReadAsync(Class, 0, limit: 0));
    }

    private static DevicePresence Device(string member, double since, string device = "web") => new(
        member, device, member.StartsWith("teacher", StringComparison.Ordinal) ? Role.Teacher : Role.Student, IsConnected: true, Bell.AddSeconds(since));
}
