using Streaming.Server.Attendance;
using Streaming.Server.Stores;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Server.Tests.Stores;

/// <summary>A Redis Cluster of three masters.</summary>
[Collection(RedisCollection.Name)]
public sealed class RedisClusterTests(RedisClusterTests.Rig rig) : ClassStoreContract, IClassFixture<RedisClusterTests.Rig>
{
    private protected override IClassStore Store => rig.Node.Store;

    [Fact]
    public async Task ClassesAreSpreadOverTheMasters()
    {
        var masters = new HashSet<RedisServer>();
        for (var i = 0; i < 20; i++)
        {
            var id = $"{Class}-{i}";
            var claim = await Store.ClaimAsync(id, "a", 0);
            await Store.AppendAsync(id, claim.Home.Epoch, [Entry(1, LedgerKind.Joined, "ada") with { Class = id }]);
            var master = await rig.Cluster.MasterOfAsync($"streaming:{{{id}}}:ledger");
            Assert.Contains("entries", await master.CliAsync("XINFO", "STREAM", $"streaming:{{{id}}}:ledger"), StringComparison.Ordinal);
            masters.Add(master);
        }

        Assert.Equal(3, masters.Count);
    }

    private protected override Task PassAsync(TimeSpan time) => Task.Delay(time);

    public sealed class Rig : IAsyncLifetime
    {
        internal RedisCluster Cluster { get; private set; } = null!;

        internal LinkedStore Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Cluster = await RedisCluster.StartAsync();
            Node = new LinkedStore(new RedisSection { Endpoints = Cluster.Endpoints.Split(','), Timeout = TimeSpan.FromSeconds(10) });
            await Node.WellAsync();
        }

        public async Task DisposeAsync()
        {
            await Node.DisposeAsync();
            await Cluster.DisposeAsync();
        }
    }
}
