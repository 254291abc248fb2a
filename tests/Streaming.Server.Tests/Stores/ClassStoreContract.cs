using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stores;

namespace Streaming.Server.Tests.Stores;

/// <summary>What every store must keep to. Each test has a class of its own, so that they share one store.</summary>
public abstract partial class ClassStoreContract
{
    private protected static readonly DateTimeOffset Bell = new DateTimeOffset(2026, 9, 1, 8, 0, 0, TimeSpan.Zero).AddTicks(1_234_567);

    private protected string Class { get; } = $"c-{Guid.NewGuid():N}";

    private protected abstract IClassStore Store { get; }

    /// <summary>Lets time pass for the store.</summary>
    private protected abstract Task PassAsync(TimeSpan time);

    [Fact]
    public async Task ALeaseThatIsNotRenewedEnds()
    {
        var (kept, lost) = (new NodeInfo($"kept-{Class}", "https://kept.example"), new NodeInfo($"lost-{Class}", "https://lost.example"));
        await Store.BeatAsync(lost, TimeSpan.FromSeconds(2));
        await Store.BeatAsync(kept, TimeSpan.FromMinutes(1));
        Assert.Equal([kept, lost], await OursAsync());

        await PassAsync(TimeSpan.FromSeconds(2.1));
        Assert.Equal([kept], await OursAsync());

        await Store.BeatAsync(lost with { Url = "https://moved.example" }, TimeSpan.FromMinutes(1));
        Assert.Equal([kept, lost with { Url = "https://moved.example" }], await OursAsync());

        await Store.RetireAsync(kept.Id);
        await Store.RetireAsync(kept.Id);
        await Store.RetireAsync(lost.Id);
        Assert.Empty(await OursAsync());
    }

    [Fact]
    public async Task AClassIsTakenByWhoKnowsItsEpoch()
    {
        Assert.Null(await Store.HomeAsync(Class));
        var first = await Store.ClaimAsync(Class, "a", former: 0);
        Assert.True(first.Granted);
        Assert.Equal(("a", 0L), (first.Home.Node, first.LastSequence));
        Assert.InRange(first.Home.Epoch, 1, 1L << 53);
        Assert.Equal(first.Home, await Store.HomeAsync(Class));

        var late = await Store.ClaimAsync(Class, "b", former: 0);
        Assert.Equal(new ClaimReply(Granted: false, first.Home, 0), late);

        var second = await Store.ClaimAsync(Class, "b", first.Home.Epoch);
        Assert.True(second.Granted);
        Assert.True(second.Home.Epoch > first.Home.Epoch);
        Assert.Equal(second.Home, await Store.HomeAsync(Class));
    }

    [Fact]
    public async Task AClassWithoutAHomeIsGrantedAboveTheEpochThatTheClaimerKnew()
    {
        var known = DateTimeOffset.UtcNow.AddYears(50).ToUnixTimeMilliseconds();
        var claim = await Store.ClaimAsync(Class, "a", known);
        Assert.Equal(new ClaimReply(Granted: true, new ClassHome("a", known + 1), 0), claim);
    }

    [Fact]
    public async Task OfManyClaimersOneIsGranted()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => Store.ClaimAsync(Class, $"node-{i}", former: 0))));

        var granted = Assert.Single(claims, claim => claim.Granted);
        Assert.All(claims, claim => Assert.Equal(granted.Home, claim.Home));
        Assert.Equal(granted.Home, await Store.HomeAsync(Class));
    }

    [Fact]
    public async Task WhatIsGivenBackIsTakenAgain()
    {
        var mine = await ClaimAsync("a");
        await Store.ReleaseAsync(Class, mine + 1);
        Assert.Equal(new ClassHome("a", mine), await Store.HomeAsync(Class));

        await Store.ReleaseAsync(Class, mine);
        await Store.ReleaseAsync(Class, mine);
        Assert.Equal(new ClassHome("", mine), await Store.HomeAsync(Class));

        var next = await Store.ClaimAsync(Class, "b", mine);
        Assert.True(next.Granted);
        await Store.ReleaseAsync(Class, mine);   // late, and without harm
        Assert.Equal(next.Home, await Store.HomeAsync(Class));
    }

    [Fact]
    public async Task ADocumentIsKeptAsItIs()
    {
        Assert.Null(await Store.DocumentAsync(Class, "roll"));
        const string content = """{"name":"王小明 \u0000","grade":"七年级"}""" + "\n\t ";
        Assert.True(await Store.PutDocumentAsync(Class, "roll", content, epoch: null));
        Assert.True(await Store.PutDocumentAsync(Class, "settings", "", epoch: null));
        Assert.Equal(content, await Store.DocumentAsync(Class, "roll"));
        Assert.Equal("", await Store.DocumentAsync(Class, "settings"));
        Assert.Null(await Store.DocumentAsync(Class + "x", "roll"));

        Assert.True(await Store.PutDocumentAsync(Class, "roll", "{}", epoch: null));
        Assert.Equal("{}", await Store.DocumentAsync(Class, "roll"));
        Assert.True(await Store.PutDocumentAsync(Class, "roll", content: null, epoch: null));
        Assert.True(await Store.PutDocumentAsync(Class, "roll", content: null, epoch: null));
        Assert.Null(await Store.DocumentAsync(Class, "roll"));
    }

    [Fact]
    public async Task ADocumentOfTheHomesIsFenced()
    {
        Assert.False(await Store.PutDocumentAsync(Class, "lesson", "nobody's", epoch: 1));
        var old = await ClaimAsync("a");
        Assert.True(await Store.PutDocumentAsync(Class, "lesson", "a's", old));
        var @new = await ClaimAsync("b", old);

        Assert.False(await Store.PutDocumentAsync(Class, "lesson", "a's late one", old));
        Assert.False(await Store.PutDocumentAsync(Class, "lesson", null, old));
        Assert.Equal("a's", await Store.DocumentAsync(Class, "lesson"));
        Assert.True(await Store.PutDocumentAsync(Class, "lesson", "b's", @new));
        Assert.Equal("b's", await Store.DocumentAsync(Class, "lesson"));
    }

    [Fact]
    public async Task WhoeverHasGivenUpIsNotAnswered()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.HomeAsync(Class, gone.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ClaimAsync(Class, "a", 0, gone.Token));
    }

    private protected async Task<long> ClaimAsync(string node, long former = 0)
    {
        var claim = await Store.ClaimAsync(Class, node, former);
        Assert.True(claim.Granted);
        return claim.Home.Epoch;
    }

    private protected LedgerEntry Entry(long sequence, LedgerKind kind = LedgerKind.Started, string? member = null, string device = "web") => new(
        Class, sequence, kind, Bell.AddSeconds(sequence), TimeSpan.FromSeconds(sequence), member, member is null ? null : device,
        member is null ? null : member.StartsWith("teacher", StringComparison.Ordinal) ? Role.Teacher : Role.Student);

    private protected LedgerEntry[] Entries(long first, long last) => [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(i => Entry(i))];

    private async Task<IEnumerable<NodeInfo>> OursAsync() =>
        (await Store.NodesAsync()).Where(node => node.Id.EndsWith(Class, StringComparison.Ordinal));
}
