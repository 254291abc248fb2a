using Microsoft.Data.Sqlite;

namespace Streaming.Server.Webhooks;

/// <content>One step of one class: its next event is posted once, and what was answered decides how it goes on.</content>
internal sealed partial class WebhookCourier
{
    private static readonly TimeSpan JournalRetryAfter = TimeSpan.FromSeconds(1);

    /// <returns>How long the class has to wait; null when it need not.</returns>
    private async Task<TimeSpan?> TryStepAsync(WebhookLane lane, CancellationToken stopping)
    {
        try
        {
            return await StepAsync(lane, stopping);
        }
        catch (SqliteException failure)
        {
            LogUnreadable(lane.Class, failure);
            return JournalRetryAfter;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogBroken(lane.Class, _receiver.Host, failure);
            return WebhookRetry.Longest;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<TimeSpan?> StepAsync(WebhookLane lane, CancellationToken stopping)
    {
        if (_receiver.IsGone || stopping.IsCancellationRequested)
        {
            return null;
        }

        var now = time.GetUtcNow();
        if (_receiver.PausedFor(now) is { } pause)
        {
            return pause;
        }

        var head = lane.Find(journal, rules);
        if (head is not null && now - head.Timestamp >= WebhookRetry.GiveUpAfter)
        {
            _receiver.Lost();
            meters.Lost(_receiver.Host);
            lane.Told(head, isDelivered: false);
            head = null;
        }

        if (head is null)
        {
            NoteMoved(lane);
            return null;
        }

        return Read(lane, head, await post.SendAsync(url, head, stopping));
    }

    private TimeSpan? Read(WebhookLane lane, WebhookEvent head, WebhookAnswer answer)
    {
        var now = time.GetUtcNow();
        switch (answer.Outcome)
        {
            case WebhookOutcome.Delivered:
                meters.Sent(_receiver.Host);
                lane.Told(head, isDelivered: true);
                NoteMoved(lane);
                Recover(now);
                return null;
            case WebhookOutcome.Gone:
                Leave(answer);
                return null;
            default:
                meters.Failed(_receiver.Host, answer.Reason);
                if (_receiver.Failed(now, answer))
                {
                    LogFailing(_receiver.Host, answer.Reason);
                }

                var wait = WebhookRetry.Wait(lane.Failed(now), chance());
                return answer.RetryAfter > wait ? answer.RetryAfter : wait;
        }
    }

    private void NoteMoved(WebhookLane lane)
    {
        lock (_gate)
        {
            _moved[lane.Class] = lane.Cursor;
        }
    }

    // Whoever waits for the next try need not, when the receiver is back after a while.
    private void Recover(DateTimeOffset now)
    {
        if (_receiver.Succeeded(now) is not { } away)
        {
            return;
        }

        LogTakesAgain(_receiver.Host, (long)away.TotalSeconds);
        CancellationTokenSource recovered;
        lock (_gate)
        {
            (recovered, _recovered) = (_recovered, new CancellationTokenSource());
        }

        recovered.Cancel();
    }

    private void Leave(WebhookAnswer answer)
    {
        meters.Failed(_receiver.Host, answer.Reason);
        lock (_gate)
        {
            if (_receiver.IsGone)
            {
                return;
            }

            _receiver.Leave();
            foreach (var lane in _lanes.Values)
            {
                lane.Release();
            }

            _lanes.Clear();
        }

        LogGone(_receiver.Host);
    }

    [LoggerMessage(180, LogLevel.Warning, "Webhooks to {Host} fail ({Reason}); events wait on the disk, and are tried again for three days.")]
    private partial void LogFailing(string host, string reason);

    [LoggerMessage(181, LogLevel.Information, "Webhooks to {Host} are taken again after {Seconds} s.")]
    private partial void LogTakesAgain(string host, long seconds);

    [LoggerMessage(182, LogLevel.Warning, "{Host} answered that it wants no webhooks any more (410); nothing is sent there until the next start.")]
    private partial void LogGone(string host);

    [LoggerMessage(183, LogLevel.Error, "The ledger of class {Class} could not be read for webhooks; trying again.")]
    private partial void LogUnreadable(string @class, Exception failure);

    [LoggerMessage(184, LogLevel.Error, "An event of class {Class} could not be sent to {Host}; trying again.")]
    private partial void LogBroken(string @class, string host, Exception failure);
}
