using System.Diagnostics;
using Streaming.Contracts;

namespace Streaming.Server.Telemetry;

/// <summary>Traces of hub calls, and of what is asked of WHIP and WHEP. Names, tickets and texts are never in them; inspectors' calls have a source of their own.</summary>
internal static class StreamingActivities
{
    private static readonly ActivitySource Source = new(StreamingMeters.Name);
    private static readonly ActivitySource Inspection = new(StreamingMeters.InspectionName);

    public static Activity? StartHubCall(string method, Identity who) => Start($"hub {method}", who)?.SetTag("rpc.method", method);

    public static Activity? StartRequest(string method, string door, Identity who) =>
        Start($"{door} {method}", who)?.SetTag("http.request.method", method);

    private static Activity? Start(string name, Identity who) =>
        (who.Role == Role.Inspector ? Inspection : Source).StartActivity(name, ActivityKind.Server)?.SetTag("streaming.class", who.Class);
}
