using System.Diagnostics;
using Streaming.Server.Attendance;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Redis;
using Streaming.Server.Telemetry;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Server.Tests.Stores;

/// <summary>What becomes of a node when its Redis is away, stands still, was emptied, or does not want it.</summary>
[Collection(RedisCollection.Name)]
public sealed class RedisFailureTests
{
    private const string Class = "math";
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ANodeStartsWithoutItsRedisSaysSoAndIsThereWhenItComes()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        await using var node = new LinkedStore(new RedisSection { Endpoints = [server.Endpoint] });
        await node.AwayAsync("it cannot be reached.");
        Assert.Equal(
            (HealthState.Degraded, "Redis is away: it cannot be reached. Lessons go on; what the other nodes are to know waits on this node's disk."),
            HealthOf(node));

        await server.StartAgainAsync();
        await node.WellAsync();
        Assert.Equal((HealthState.Ok, null), HealthOf(node));
        Assert.Null(await node.Store.HomeAsync(Class));
    }

    [Fact]
    public async Task WhileRedisStandsStillCallsEndInTheirTimeAndItHealsByItself()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = new LinkedStore(new RedisSection { Endpoints = [server.Endpoint], Timeout = TimeSpan.FromSeconds(0.5) });
        await node.WellAsync();
        var epoch = (await node.Store.ClaimAsync(Class, "a", 0)).Home.Epoch;

        server.Pause();
        for (var i = 0; i < 6; i++)
        {
            var since = Stopwatch.StartNew();
            await Assert.ThrowsAsync<StoreUnavailableException>(() => node.Store.AppendAsync(Class, epoch, Entries(1, 3)));
            Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
            await Task.Delay(TimeSpan.FromSeconds(0.25));
        }

        await RedisPrograms.EventuallyAsync(() => Task.FromResult(node.Link.State.IsAway), () => "It is not noticed.", TimeSpan.FromSeconds(10));
        Assert.Equal(HealthState.Degraded, HealthOf(node).State);
        server.Resume();
        await node.WellAsync();

        // What was given up may have been carried out since; the batch comes again, without harm.
        Assert.Equal(new AppendReply(AppendOutcome.Done, 3), await node.Store.AppendAsync(Class, epoch, Entries(1, 3)));
        Assert.Equal(Entries(1, 3), await node.Store.ReadAsync(Class, 0, 100));
    }

    [Fact]
    public async Task ARedisThatComesBackEmptyIsToldEverythingAgainByTheClassesHome()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = new LinkedStore(new RedisSection { Endpoints = [server.Endpoint] });
        await node.WellAsync();
        var store = node.Store;
        var former = (await store.ClaimAsync(Class, "a", 0)).Home.Epoch;
        await store.AppendAsync(Class, former, Entries(1, 4));

        await server.KillAsync();
        await server.StartAgainAsync();
        await node.AnsweredAsync();
        Assert.Equal(new AppendReply(AppendOutcome.Fenced, 0), await store.AppendAsync(Class, former, Entries(5, 5)));
        Assert.Null(await store.HomeAsync(Class));

        var claim = await store.ClaimAsync(Class, "a", former);
        Assert.Equal((true, 0L), (claim.Granted, claim.LastSequence));
        Assert.True(claim.Home.Epoch > former);
        Assert.Equal(new AppendReply(AppendOutcome.Done, 5), await store.AppendAsync(Class, claim.Home.Epoch, Entries(1, 5)));
        Assert.Equal(Entries(1, 5), await store.ReadAsync(Class, 0, 100));
        Assert.Equal(["s-5"], (await store.PresentAsync(Class)).Select(device => device.Member));
    }

    /// <summary>Both nodes find no home. Whoever is first has it, with an epoch that the former home's writes cannot have.</summary>
    [Fact]
    public async Task ARedisThatComesBackEmptyDoesNotLetAFormerWriterIn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = new LinkedStore(new RedisSection { Endpoints = [server.Endpoint] });
        await node.WellAsync();
        var store = node.Store;
        var former = (await store.ClaimAsync(Class, "a", 0)).Home.Epoch;
        await server.KillAsync();
        await server.StartAgainAsync();
        await node.AnsweredAsync();

        var other = await store.ClaimAsync(Class, "b", 0);
        Assert.True(other.Granted);
        Assert.Equal(AppendOutcome.Fenced, (await store.AppendAsync(Class, former, Entries(1, 1))).Outcome);
        Assert.False(await store.PutDocumentAsync(Class, "lesson", "late", former));
        Assert.Equal(new ClaimReply(Granted: false, other.Home, 0), await store.ClaimAsync(Class, "a", former));
    }

    [Fact]
    public async Task AServerThatWasRestartedKnowsNoScriptAndIsServedAllTheSame()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSetup { IsDurable = true });
        await using var node = new LinkedStore(new RedisSection { Endpoints = [server.Endpoint] });
        await node.WellAsync();
        var epoch = (await node.Store.ClaimAsync(Class, "a", 0)).Home.Epoch;
        await node.Store.AppendAsync(Class, epoch, Entries(1, 2));

        await server.KillAsync();
        await server.StartAgainAsync();
        await node.AnsweredAsync();
        Assert.Equal(new AppendReply(AppendOutcome.Done, 4), await node.Store.AppendAsync(Class, epoch, Entries(2, 4)));
        await server.CliAsync("SCRIPT", "FLUSH");
        Assert.Equal(new AppendReply(AppendOutcome.Done, 5), await node.Store.AppendAsync(Class, epoch, Entries(5, 5)));
        Assert.Equal(Entries(1, 5), await node.Store.ReadAsync(Class, 0, 100));
    }

    [Theory]
    [InlineData("wrong", "it refuses the password (Redis:Password).")]
    [InlineData(null, "it wants a password (Redis:Password).")]
    public async Task AWrongPasswordIsSaidAndNotRepeated(string? password, string problem)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSetup { Password = "right" });
        await using var node = new LinkedStore(new RedisSection { Endpoints = [server.Endpoint], Password = password });
        await node.AwayAsync(problem);
    }

    [Fact]
    public async Task ACertificateOfAnotherAuthorityOrNameIsNotTrusted()
    {
        using var authority = new TestAuthority("redis.example.org");
        using var other = new TestAuthority();
        await using var server = await RedisServer.StartAsync(new RedisServerSetup { Authority = authority });
        await using (var trusting = new LinkedStore(Section($"127.0.0.1:{server.Port}", authority)))
        {
            await trusting.WellAsync();
        }

        await using (var stranger = new LinkedStore(Section($"127.0.0.1:{server.Port}", other)))
        {
            await stranger.AwayAsync("its certificate is not trusted.");
        }

        await using (var named = new LinkedStore(Section($"localhost:{server.Port}", authority)))
        {
            await named.AwayAsync("its certificate is not trusted.");
        }

        static RedisSection Section(string endpoint, TestAuthority authority) =>
            new() { Endpoints = [endpoint], Tls = true, CaFile = authority.CertificateFile };
    }

    private static LedgerEntry[] Entries(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(i => new LedgerEntry(
        Class, i, i == 5 ? LedgerKind.Joined : LedgerKind.Media, Bell.AddSeconds(i), TimeSpan.FromSeconds(i), $"s-{i}", "web", Contracts.Role.Student))];

    private static (HealthState State, string? Detail) HealthOf(LinkedStore node)
    {
        var health = new RedisHealth(node.Link).Check();
        return (health.State, health.Detail);
    }
}
