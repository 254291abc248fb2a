using Streaming.Server.Attendance;
using Streaming.Server.Stores;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Server.Tests.Stores;

/// <summary>One Redis with a password and TLS, by an authority of its own.</summary>
[Collection(RedisCollection.Name)]
public sealed class RedisSingleTests(RedisSingleTests.Rig rig) : ClassStoreContract, IClassFixture<RedisSingleTests.Rig>
{
    private protected override IClassStore Store => rig.Node.Store;

    [Fact]
    public async Task EveryKeyOfAClassIsInItsSlotAndBehindThePrefix()
    {
        var epoch = await ClaimAsync("a");
        await Store.AppendAsync(Class, epoch, [Entry(1, LedgerKind.Joined, "ada")]);
        await Store.PutDocumentAsync(Class, "roll", "{}", epoch);
        var keys = (await rig.Server.CliAsync("KEYS", $"*{Class}*")).Split('\n').Order(StringComparer.Ordinal);

        Assert.Equal(new[] { "doc:roll", "home", "ledger", "view" }.Select(end => $"streaming:{{{Class}}}:{end}"), keys);
    }

    [Fact]
    public async Task ANodeThatHasBeenGoneForADayIsForgotten()
    {
        var (old, young) = (new NodeInfo($"old-{Class}", "https://old.example"), new NodeInfo($"young-{Class}", "https://young.example"));
        await Store.BeatAsync(old, TimeSpan.FromDays(-1.01));
        await Store.BeatAsync(young, TimeSpan.FromDays(-0.99));
        await Store.BeatAsync(new NodeInfo($"new-{Class}", "https://new.example"), TimeSpan.FromMinutes(1));
        var urls = await rig.Server.CliAsync("HGETALL", "{streaming:nodes}:urls");

        Assert.DoesNotContain(old.Id, urls, StringComparison.Ordinal);
        Assert.Contains(young.Id, urls, StringComparison.Ordinal);
        Assert.DoesNotContain(young, await Store.NodesAsync());
    }

    private protected override Task PassAsync(TimeSpan time) => Task.Delay(time);

    public sealed class Rig : IAsyncLifetime
    {
        private readonly TestAuthority _authority = new();

        internal RedisServer Server { get; private set; } = null!;

        internal LinkedStore Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await RedisServer.StartAsync(new RedisServerSetup { Authority = _authority, Password = "not-a-secret" });
            Node = new LinkedStore(new RedisSection
            {
                Endpoints = [$"localhost:{Server.Port}"], Tls = true, CaFile = _authority.CertificateFile, Password = "not-a-secret",
                Timeout = TimeSpan.FromSeconds(10),
            });
            await Node.WellAsync();
        }

        public async Task DisposeAsync()
        {
            await Node.DisposeAsync();
            await Server.DisposeAsync();
            _authority.Dispose();
        }
    }
}
