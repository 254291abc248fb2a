using System.Text.Json.Nodes;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Local;
using Streaming.Server.Stores.Redis;
using Streaming.Server.Tests.Support;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Server.Tests.Stores;

[Collection(RedisCollection.Name)]
public sealed class ClassStoreServicesTests
{
    [Fact]
    public async Task WithoutEndpointsANodeIsAloneAndWell()
    {
        await using var host = new ServerHost();
        Assert.Equal("ok", (await ReadyAsync(host))["state"]!.GetValue<string>());
        Assert.IsType<LocalClassStore>(host.Get<IClassStore>());
    }

    [Fact]
    public async Task AServerStartsWithoutItsRedisAndFindsItWhenItComes()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerSetup { Password = "not-a-secret" });
        await redis.KillAsync();
        await using var host = new ServerHost(("Redis:Endpoints", redis.Endpoint), ("Redis:Password", "not-a-secret"));
        await RedisPrograms.EventuallyAsync(
            async () => (await ReadyAsync(host))["detail"]?.GetValue<string>().StartsWith("Redis is away: it cannot be reached.", StringComparison.Ordinal) == true,
            () => "Health does not say that Redis is away.",
            TimeSpan.FromSeconds(30));
        await redis.StartAgainAsync();
        await RedisPrograms.EventuallyAsync(
            async () => (await ReadyAsync(host))["state"]!.GetValue<string>() == "ok", () => "Health does not say that Redis is back.", TimeSpan.FromSeconds(30));

        Assert.IsType<RedisClassStore>(host.Get<IClassStore>());
        Assert.True((await host.Get<IClassStore>().ClaimAsync("math", "a", 0)).Granted);
        Assert.Contains(host.Logs, line => line.Contains("Redis answers", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs, line => line.Contains("not-a-secret", StringComparison.Ordinal));
    }

    private static async Task<JsonNode> ReadyAsync(ServerHost host) =>
        JsonNode.Parse(await host.Client().GetStringAsync(new Uri("/healthz/ready", UriKind.Relative)))!["parts"]!["redis"]!;
}
