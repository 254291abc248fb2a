using System.Threading.Channels;

namespace Streaming.Server.Stores.Redis;

/// <summary>How the link does.</summary>
/// <param name="IsAway">No server answers: calls fail at once.</param>
/// <param name="Problem">What is wrong, in words that everybody may read; null when nothing is.</param>
internal sealed record RedisState(bool IsAway, string? Problem);

/// <summary>The link to Redis: every call has a limit, every failure one name, and a connection that has gone bad is replaced.</summary>
/// <remarks>
/// <para>Safe for threads. Connects in the background (<see cref="KeepAsync"/>), and never fails for Redis being away.</para>
/// <para>
/// What StackExchange.Redis 1.2.6 lacks is added here: its asynchronous calls have no limit, a half-open connection is not noticed, and a
/// cluster's or a sentinel's new master is found by a new multiplexer alone.
/// </para>
/// </remarks>
internal sealed partial class RedisLink(RedisSettings settings, TimeProvider time, ILogger<RedisLink> logger)
{
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<byte> _bell = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile RedisConnection? _connection;
    private volatile RedisState _state = new(IsAway: true, "the first connection is being made.");
    private volatile bool _isSuspect;
    private volatile bool _hasLostMaster;

    /// <summary>How it does now.</summary>
    public RedisState State => _state;

    /// <summary>Runs a script; see <see cref="RedisScript"/>.</summary>
    /// <param name="script">Its text: a server that was restarted does not know a hash.</param>
    /// <param name="keys">Keys of one slot.</param>
    /// <param name="values">The other arguments.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">It may or may not have run.</exception>
    public Task<RedisReply> EvaluateAsync(string script, string[] keys, string[] values, CancellationToken cancellationToken) =>
        CallAsync(connection => connection.EvaluateAsync(script, keys, values), cancellationToken);

    /// <summary>Runs a command of one key.</summary>
    /// <inheritdoc cref="EvaluateAsync" path="/exception"/>
    public Task<RedisReply> CommandAsync(string command, string key, string[] values, CancellationToken cancellationToken) =>
        CallAsync(connection => connection.CommandAsync(command, key, values), cancellationToken);

    private async Task<RedisReply> CallAsync(Func<RedisConnection, Task<RedisReply>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (!_tried.Task.IsCompleted)
            {
                await _tried.Task.WaitAsync(settings.Timeout, time, cancellationToken).ConfigureAwait(false);
            }

            // Whoever waits for a server that is known to be away keeps others waiting.
            var state = _state;
            if (state.IsAway || _connection is not { } connection)
            {
                throw new StoreUnavailableException($"Redis is away: {state.Problem}");
            }

            var answer = call(connection);
            Observe(answer);
            return await answer.WaitAsync(settings.Timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not StoreUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            _hasLostMaster |= RedisFailure.IsLostMaster(failure);
            _isSuspect = true;
            _bell.Writer.TryWrite(0);
            throw new StoreUnavailableException($"Redis: {RedisFailure.Describe(failure)}", failure);
        }
    }

    // A call that was given up may fail later, and nobody awaits it then.
    private static void Observe(Task answer) =>
        answer.ContinueWith(late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
