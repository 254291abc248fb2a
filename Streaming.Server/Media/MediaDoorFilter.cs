using Microsoft.AspNetCore.Http.HttpResults;
using Streaming.Server.Access;
using Streaming.Server.Classrooms;
using Streaming.Server.Http;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Media;

/// <summary>Around every request to WHIP and WHEP what <see cref="HubErrorFilter"/> and <see cref="HubRateFilter"/> are around hub calls.</summary>
/// <param name="door"><c>whip</c> or <c>whep</c>.</param>
internal sealed class MediaDoorFilter(string door) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var who = TicketIdentity.Of(context.User);
        var meters = context.RequestServices.GetRequiredService<StreamingMeters>();
        using var activity = StreamingActivities.StartRequest(context.Request.Method, door, who);

        // Whoever hangs up is never told to wait.
        if (!HttpMethods.IsDelete(context.Request.Method) && !context.RequestServices.GetRequiredService<SeatRates>().TryTake(who))
        {
            await Problems.WriteAsync(context, StatusCodes.Status429TooManyRequests, SeatRates.TooOften);
            Count(SeatRates.TooOften.Code);
            return EmptyHttpResult.Instance;
        }

        try
        {
            await next(invocation);
        }
        catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            Count(Refusal.ServerError.Code);
            throw;
        }

        if (context.Items[typeof(Refusal)] is Refusal refusal)
        {
            Count(refusal.Code);
        }
        else if (context.Response.StatusCode == StatusCodes.Status201Created && !context.Request.Query.ContainsKey("device"))
        {
            meters.Joined(who.Role);   // a page that names its device joins the hub besides, and is counted there
        }

        return EmptyHttpResult.Instance;

        void Count(string code)
        {
            activity?.SetTag("error.type", code);
            meters.Refused(code, who.Role);
        }
    }
}
