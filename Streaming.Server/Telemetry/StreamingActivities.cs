using System.Diagnostics;
using Streaming.Contracts;

namespace Streaming.Server.Telemetry;

/// <summary>Traces of hub calls. Names, tickets and texts are never in them; inspectors' calls have a source of their own.</summary>
internal static class StreamingActivities
{
    private static readonly ActivitySource Source = new(StreamingMeters.Name);
    private static readonly ActivitySource Inspection = new(StreamingMeters.InspectionName);

    public static Activity? StartHubCall(string method, Identity who)
    {
        var activity = (who.Role == Role.Inspector ? Inspection : Source).StartActivity($"hub {method}", ActivityKind.Server);
        return activity?.SetTag("streaming.class", who.Class).SetTag("rpc.method", method);
    }
}
