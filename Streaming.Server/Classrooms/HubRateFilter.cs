using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>How many calls a connection still has: all at once at first, then one after the other as they come back.</summary>
internal sealed class CallBucket(DateTimeOffset now)
{
    /// <summary>How many calls may come at once.</summary>
    public const int Burst = 40;

    /// <summary>How many calls come back in a second.</summary>
    public const int PerSecond = 10;

    private double _left = Burst;
    private DateTimeOffset _filled = now;

    public bool TryTake(DateTimeOffset now)
    {
        _left = Math.Min(Burst, _left + (Math.Max(0, (now - _filled).TotalSeconds) * PerSecond));
        _filled = now;
        if (_left < 1)
        {
            return false;
        }

        _left--;
        return true;
    }
}

/// <summary>Refuses the calls of a connection that asks without end, before its class hears of them.</summary>
/// <remarks>Not <c>Join</c> and <c>Leave</c>: coming back must always be possible, and going must never fail.</remarks>
internal sealed class HubRateFilter(TimeProvider time) : IHubFilter
{
    private static readonly Refusal TooFast = new(HubErrors.Busy, "This connection asks too much; wait a moment.");

    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        if (invocation.HubMethodName is nameof(IClassroomHub.Join) or nameof(IClassroomHub.Leave))
        {
            return next(invocation);
        }

        // One call of a connection runs at a time; nobody else touches its items meanwhile.
        var items = invocation.Context.Items;
        var now = time.GetUtcNow();
        if (!items.TryGetValue(typeof(CallBucket), out var known))
        {
            items[typeof(CallBucket)] = known = new CallBucket(now);
        }

        return ((CallBucket)known!).TryTake(now) ? next(invocation) : throw new HubException(HubErrors.Compose(TooFast.Code, TooFast.Sentence));
    }
}
