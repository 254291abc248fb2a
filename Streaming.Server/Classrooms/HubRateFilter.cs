using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;
using Streaming.Server.Access;

namespace Streaming.Server.Classrooms;

/// <summary>How many calls somebody still has: all at once at first, then one after the other as they come back.</summary>
/// <param name="burst">How many may come at once.</param>
/// <param name="perSecond">How many come back in a second.</param>
/// <param name="now">The time.</param>
internal sealed class CallBucket(int burst, int perSecond, DateTimeOffset now)
{
    private double _left = burst;
    private DateTimeOffset _filled = now;

    /// <summary>All calls are back: nothing is known that a new bucket would not know.</summary>
    public bool IsFull(DateTimeOffset now) => _left + (Math.Max(0, (now - _filled).TotalSeconds) * perSecond) >= burst;

    public bool TryTake(DateTimeOffset now)
    {
        _left = Math.Min(burst, _left + (Math.Max(0, (now - _filled).TotalSeconds) * perSecond));
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
/// <remarks><c>Join</c> is counted per member instead, whatever the number of connections; <c>Leave</c> never fails.</remarks>
internal sealed class HubRateFilter(SeatRates seats, TimeProvider time) : IHubFilter
{
    /// <summary>How many calls a connection may make at once.</summary>
    public const int Burst = 40;

    /// <summary>How many come back in a second.</summary>
    public const int PerSecond = 10;

    private static readonly Refusal TooFast = new(HubErrors.Busy, "This connection asks too much; wait a moment.");

    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        switch (invocation.HubMethodName)
        {
            case nameof(IClassroomHub.Leave):
                return next(invocation);
            case nameof(IClassroomHub.Join):
                return seats.TryTake(TicketIdentity.Of(invocation.Context.User)) ? next(invocation) : throw Refused(SeatRates.TooOften);
        }

        // One call of a connection runs at a time; nobody else touches its items meanwhile.
        var items = invocation.Context.Items;
        var now = time.GetUtcNow();
        if (!items.TryGetValue(typeof(CallBucket), out var known))
        {
            items[typeof(CallBucket)] = known = new CallBucket(Burst, PerSecond, now);
        }

        return ((CallBucket)known!).TryTake(now) ? next(invocation) : throw Refused(TooFast);
    }

    private static HubException Refused(Refusal refusal) => new(HubErrors.Compose(refusal.Code, refusal.Sentence));
}
