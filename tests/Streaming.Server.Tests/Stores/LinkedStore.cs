using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Redis;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Server.Tests.Stores;

/// <summary>A node's store in Redis, with its link and watch, as the server has them.</summary>
internal sealed class LinkedStore : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _keeping;

    public LinkedStore(RedisSection section)
    {
        Assert.Empty(RedisSectionChecks.Problems(section));
        Link = new RedisLink(RedisSettings.Read(section), TimeProvider.System, NullLogger<RedisLink>.Instance);
        Store = new RedisClassStore(Link, section.Prefix);
        _keeping = Link.KeepAsync(_stopping.Token);
    }

    public RedisLink Link { get; }

    public RedisClassStore Store { get; }

    /// <summary>Waits until the link says that all is well.</summary>
    public Task WellAsync() => RedisPrograms.EventuallyAsync(
        () => Task.FromResult(Link.State is { IsAway: false, Problem: null }), () => $"The link does not heal: {Link.State}", TimeSpan.FromSeconds(30));

    /// <summary>Waits until the link says that Redis is away, and why, and a call says the same.</summary>
    public async Task AwayAsync(string problem)
    {
        var away = new RedisState(IsAway: true, problem);
        await RedisPrograms.EventuallyAsync(() => Task.FromResult(Link.State == away), () => $"The link says {Link.State}.", TimeSpan.FromSeconds(30));
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.NodesAsync());
        Assert.Equal($"Redis is away: {problem}", failure.Message);
    }

    /// <summary>Waits until a call is answered: what a server's end has broken is noticed by the first.</summary>
    public Task AnsweredAsync() => RedisPrograms.EventuallyAsync(
        async () =>
        {
            try
            {
                await Store.NodesAsync();
                return true;
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        },
        () => $"No call is answered: {Link.State}",
        TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _keeping.WaitAsync(TimeSpan.FromSeconds(30));
        _stopping.Dispose();
    }
}

/// <summary>Tests of real servers wait for them, and so take turns.</summary>
[CollectionDefinition(Name)]
public sealed class RedisCollection
{
    public const string Name = "Redis";
}
