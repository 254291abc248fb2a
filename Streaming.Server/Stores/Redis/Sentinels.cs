using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Streaming.Server.Stores.Redis;

/// <summary>The sentinels of a service: who its master is, and when another takes its place.</summary>
internal sealed class Sentinels(RedisSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly string _service = settings.SentinelService!;

    /// <summary>The master, by the first sentinel that answers.</summary>
    /// <exception cref="StoreUnavailableException">No sentinel answers, or none knows the service.</exception>
    public async Task<EndPoint> MasterAsync(CancellationToken cancellationToken)
    {
        Exception? last = null;
        var answered = false;
        foreach (var endpoint in settings.Endpoints)
        {
            try
            {
                using var limit = Limit(cancellationToken);
                using var sentinel = await SentinelConnection.OpenAsync(settings, endpoint, limit.Token).ConfigureAwait(false);
                if (await sentinel.MasterAsync(_service, limit.Token).ConfigureAwait(false) is { } master)
                {
                    return master;
                }

                answered = true;
            }
            catch (Exception failure) when (IsFailure(failure) && !cancellationToken.IsCancellationRequested)
            {
                last = failure;
            }
        }

        throw new StoreUnavailableException(
            answered ? "the sentinels know no service of that name (Redis:SentinelService)."
                : last is SentinelRefusalException ? "the sentinels refuse the password, or want one (Redis:Password)."
                : last is AuthenticationException ? "the sentinels' certificate is not trusted."
                : "no sentinel answers.",
            last);
    }

    /// <summary>Listens to one sentinel after the other until it is stopped.</summary>
    /// <param name="moved">Told when the master may have changed.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task WatchAsync(Action moved, CancellationToken stopping)
    {
        for (var turn = 0; !stopping.IsCancellationRequested; turn++)
        {
            try
            {
                using var limit = Limit(stopping);
                var endpoint = settings.Endpoints[turn % settings.Endpoints.Count];
                using var sentinel = await SentinelConnection.OpenAsync(settings, endpoint, limit.Token).ConfigureAwait(false);
                await sentinel.ListenAsync(_service, moved, time, stopping).ConfigureAwait(false);
            }
            catch (Exception failure) when (IsFailure(failure))
            {
                // The next one may be better; who the master is, is asked apart from this.
                await Task.Delay(Rest, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Timeout);
        return limit;
    }

    private static bool IsFailure(Exception failure) =>
        failure is IOException or SocketException or AuthenticationException or OperationCanceledException or FormatException or OverflowException;
}
