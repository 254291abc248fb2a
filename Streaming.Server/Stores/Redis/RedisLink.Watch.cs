using System.Net;

namespace Streaming.Server.Stores.Redis;

/// <summary>The watch: asks whether Redis is there, and connects anew when it is not, or is no longer the master.</summary>
internal sealed partial class RedisLink
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private Sentinels? _sentinels;
    private EndPoint? _master;
    private long? _triedAt;
    private long _awaySince;

    /// <summary>Connects, watches, and connects again, until it is stopped. Never fails.</summary>
    public async Task KeepAsync(CancellationToken stopping)
    {
        _awaySince = time.GetTimestamp();
        _sentinels = settings.SentinelService is null ? null : new Sentinels(settings, time);
        var watching = _sentinels?.WatchAsync(() => { _isSuspect = true; _bell.Writer.TryWrite(0); }, stopping) ?? Task.CompletedTask;
        while (!stopping.IsCancellationRequested)
        {
            await LookAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);   // it fails when it is stopped
            _tried.TrySetResult();
            using var due = new CancellationTokenSource(Beat, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stopping);
            await ((Task)_bell.Reader.WaitToReadAsync(either.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _bell.Reader.TryRead(out _);
        }

        await watching.ConfigureAwait(false);
        _state = new RedisState(IsAway: true, "this node is stopping.");
        CloseLater(_connection, TimeSpan.Zero);
        _connection = null;
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        var (isSuspect, hasLostMaster) = (_isSuspect, _hasLostMaster);
        (_isSuspect, _hasLostMaster) = (false, false);
        try
        {
            if (_connection is { } connection && !hasLostMaster && await AnswersAsync(connection, stopping).ConfigureAwait(false)
                && !(isSuspect && (!connection.IsWhole || await HasMovedAsync(stopping).ConfigureAwait(false))))
            {
                Is(connection.IsWhole ? null : "one of its servers cannot be reached.");
                return;
            }

            await ConnectAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            IsAway(failure);
        }
    }

    /// <summary>Whether there are masters, and all answer in time.</summary>
    private async Task<bool> AnswersAsync(RedisConnection connection, CancellationToken stopping)
    {
        var pings = connection.PingMasters();
        Array.ForEach(pings, Observe);
        try
        {
            await Task.WhenAll(pings).WaitAsync(settings.Timeout, time, stopping).ConfigureAwait(false);
            return pings.Length > 0;
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> HasMovedAsync(CancellationToken stopping)
    {
        try
        {
            return _sentinels is not null && !(await _sentinels.MasterAsync(stopping).ConfigureAwait(false)).Equals(_master);
        }
        catch (StoreUnavailableException)
        {
            return false;   // sentinels that are away are no reason to leave a master that answers
        }
    }

    private async Task ConnectAsync(CancellationToken stopping)
    {
        // Calls that fail for a part of a cluster must not have the others' connection replaced all the time.
        if (_triedAt is { } before && time.GetElapsedTime(before) is var age && age < Beat)
        {
            await Task.Delay(Beat - age, time, stopping).ConfigureAwait(false);
        }

        _triedAt = time.GetTimestamp();
        var master = _sentinels is null ? null : await _sentinels.MasterAsync(stopping).ConfigureAwait(false);
        var opening = RedisConnection.OpenAsync(settings, master is null ? settings.Endpoints : [master]);
        RedisConnection opened;
        try
        {
            opened = await opening.WaitAsync(settings.Timeout * 3, time, stopping).ConfigureAwait(false);
        }
        catch
        {
            Observe(opening);
            _ = opening.ContinueWith(
                late => CloseLater(late.Result, TimeSpan.Zero), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }

        if (!await AnswersAsync(opened, stopping).ConfigureAwait(false))
        {
            CloseLater(opened, TimeSpan.Zero);
            throw new TimeoutException();
        }

        var former = _connection;
        (_master, _connection) = (master, opened);
        CloseLater(former, settings.Timeout);   // its calls may still be answered
        LogConnected();
        Is(opened.IsWhole ? null : "one of its servers cannot be reached.");
    }

    private void Is(string? problem)
    {
        if (_state.IsAway)
        {
            LogBack((long)time.GetElapsedTime(_awaySince).TotalMilliseconds);
        }

        _state = new RedisState(IsAway: false, problem);
    }

    private void IsAway(Exception failure)
    {
        var problem = failure is StoreUnavailableException ? failure.Message : RedisFailure.Describe(failure);
        if (!_state.IsAway)
        {
            _awaySince = time.GetTimestamp();
        }

        if (!_state.IsAway || _state.Problem != problem)
        {
            LogAway(problem, failure);
        }

        _state = new RedisState(IsAway: true, problem);
    }

    private void CloseLater(RedisConnection? connection, TimeSpan wait)
    {
        if (connection is not null)
        {
            _ = CloseAsync();
        }

        async Task CloseAsync()
        {
            await Task.Delay(wait, time).ConfigureAwait(false);
            await Task.Run(connection.Dispose).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(150, LogLevel.Information, "A new connection to Redis is in use.")]
    private partial void LogConnected();

    [LoggerMessage(151, LogLevel.Warning, "Redis is away: {Problem} Lessons go on; it is tried again.")]
    private partial void LogAway(string problem, Exception failure);

    [LoggerMessage(152, LogLevel.Information, "Redis answers, after {Milliseconds} ms.")]
    private partial void LogBack(long milliseconds);
}
