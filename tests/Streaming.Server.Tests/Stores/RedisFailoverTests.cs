using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Redis;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Server.Tests.Stores;

/// <summary>Masters that die while a class is being written: a replica takes their place, and no entry is lost or doubled.</summary>
[Collection(RedisCollection.Name)]
public sealed class RedisFailoverTests
{
    private const int Most = 600, Batch = 3;
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task BehindSentinelsTheLedgerGoesOnOnTheReplica()
    {
        await using var sentinels = await RedisSentinels.StartAsync();
        await using var node = new LinkedStore(new RedisSection
        {
            Endpoints = sentinels.Endpoints.Split(','), SentinelService = RedisSentinels.Service, Password = "not-a-secret", Timeout = TimeSpan.FromSeconds(0.5),
        });
        await node.WellAsync();
        var former = await sentinels.MasterAsync();
        var writing = WriteAsync(node.Store, "math", former.KillAsync);

        Assert.True(await writing > 0);
        await CheckAsync(node.Store, "math");
        Assert.NotSame(former, await sentinels.MasterAsync());

        // The old master comes back, and is a replica: nothing may be written there.
        await former.StartAgainAsync();
        await WriteAsync(node.Store, "art", () => Task.CompletedTask);
        await CheckAsync(node.Store, "art");
    }

    [Fact]
    public async Task AMasterThatIsMadeAReplicaIsLeft()
    {
        await using var sentinels = await RedisSentinels.StartAsync();
        await using var node = new LinkedStore(new RedisSection
        {
            Endpoints = sentinels.Endpoints.Split(','), SentinelService = RedisSentinels.Service, Password = "not-a-secret", Timeout = TimeSpan.FromSeconds(0.5),
        });
        await node.WellAsync();
        var former = await sentinels.MasterAsync();
        await WriteAsync(node.Store, "math", sentinels.FailOverAsync);
        await CheckAsync(node.Store, "math");
        Assert.NotSame(former, await sentinels.MasterAsync());
    }

    [Fact]
    public async Task InAClusterTheLedgerGoesOnOnTheReplica()
    {
        await using var cluster = await RedisCluster.StartAsync(replicas: 1);
        await using var node = new LinkedStore(new RedisSection { Endpoints = cluster.Endpoints.Split(','), Timeout = TimeSpan.FromSeconds(0.5) });
        await node.WellAsync();
        var former = await cluster.MasterOfAsync("streaming:{math}:ledger");

        Assert.True(await WriteAsync(node.Store, "math", former.KillAsync) > 0);
        await CheckAsync(node.Store, "math");
    }

    /// <summary>Writes as a node's shipper does: whatever is told, the batch from the last known number comes again.</summary>
    /// <returns>How often a call failed or was refused.</returns>
    private static async Task<int> WriteAsync(RedisClassStore store, string @class, Func<Task> disturb)
    {
        var (epoch, next, refused) = (0L, 1L, 0);
        Task? disturbance = null;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (next <= Most)
        {
            limit.Token.ThrowIfCancellationRequested();
            try
            {
                if (epoch == 0)
                {
                    var home = await store.HomeAsync(@class, limit.Token);
                    var claim = await store.ClaimAsync(@class, "a", home?.Epoch ?? 0, limit.Token);
                    (epoch, next) = claim.Granted ? (claim.Home.Epoch, claim.LastSequence + 1) : (0, next);
                    continue;
                }

                var reply = await store.AppendAsync(@class, epoch, Entries(@class, next), cancellationToken: limit.Token);
                (epoch, next) = (reply.Outcome == AppendOutcome.Fenced ? 0 : epoch, reply.LastSequence + 1);
                refused += reply.Outcome == AppendOutcome.Done ? 0 : 1;
                if (next > Most / 3)
                {
                    disturbance ??= disturb();
                }
            }
            catch (StoreUnavailableException)
            {
                refused++;
                await Task.Delay(20, limit.Token);
            }
        }

        await disturbance!;
        return refused;
    }

    private static async Task CheckAsync(RedisClassStore store, string @class)
    {
        var ledger = await store.ReadAsync(@class, 0, Most * 2);
        Assert.Equal(Enumerable.Range(1, ledger.Count).Select(i => (long)i), ledger.Select(entry => entry.Sequence));
        Assert.InRange(ledger.Count, Most, Most + Batch);
        Assert.All(ledger, entry => Assert.Equal($"s-{entry.Sequence % 40}", entry.Member));
        var view = await store.PresentAsync(@class);
        Assert.Equal(40, view.Count);
        Assert.All(view, device => Assert.Equal(Bell.AddSeconds(ledger.Last(entry => entry.Member == device.Member).Sequence), device.Since));
    }

    private static LedgerEntry[] Entries(string @class, long first) => [.. Enumerable.Range(0, Batch).Select(i => first + i).Select(sequence => new LedgerEntry(
        @class, sequence, sequence % 2 == 0 ? LedgerKind.Dropped : LedgerKind.Returned, Bell.AddSeconds(sequence), TimeSpan.FromSeconds(sequence),
        $"s-{sequence % 40}", "web", Role.Student))];
}
