using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Classrooms;

/// <summary>Around every hub call: a trace, a count of refusals, and one stable answer for what nobody expected.</summary>
internal sealed partial class HubErrorFilter(StreamingMeters meters, ILoggerFactory loggers) : IHubFilter
{
    private readonly ILogger _members = loggers.CreateLogger<HubErrorFilter>();
    private readonly ILogger _inspectors = loggers.CreateLogger(StreamingMeters.InspectionName);

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var who = TicketIdentity.Of(invocation.Context.User);
        using var activity = StreamingActivities.StartHubCall(invocation.HubMethodName, who);
        try
        {
            return await next(invocation);
        }
        catch (HubException refused)
        {
            Count(HubErrors.CodeOf(refused.Message) ?? HubErrors.ServerError);
            throw;
        }
        catch (OperationCanceledException) when (invocation.Context.ConnectionAborted.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            LogFailed(who.Role == Role.Inspector ? _inspectors : _members, invocation.HubMethodName, who.Class, failure);
            Count(HubErrors.ServerError);
            throw new HubException(HubErrors.Compose(Refusal.ServerError.Code, Refusal.ServerError.Sentence));
        }

        void Count(string code)
        {
            activity?.SetTag("error.type", code);
            meters.Refused(code, who.Role);
        }
    }

    [LoggerMessage(131, LogLevel.Error, "Hub call {Method} failed in class {Class}.")]
    private static partial void LogFailed(ILogger logger, string method, string @class, Exception failure);
}
