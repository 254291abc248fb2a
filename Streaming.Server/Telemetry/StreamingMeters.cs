using System.Diagnostics.Metrics;
using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Telemetry;

/// <summary>What the server counts. Members under <see cref="Name"/>; inspectors under a name of their own that exports leave out.</summary>
internal sealed class StreamingMeters
{
    /// <summary>The meter of lessons and members.</summary>
    public const string Name = "Streaming";

    /// <summary>The meter of inspectors: who reads a school's dashboards must not find them there.</summary>
    public const string InspectionName = "Streaming.Inspection";

    private readonly Counter<long> _joins;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _lines;
    private readonly Counter<long> _inspectorJoins;
    private readonly Counter<long> _inspectorErrors;

    public StreamingMeters(IMeterFactory factory, Lazy<ClassroomDirectory> classes, ObserverPlaces observers)
    {
        var meter = factory.Create(Name);
        _joins = meter.CreateCounter<long>("streaming.joins", "{join}", "Seats taken, by role; a return counts again.");
        _errors = meter.CreateCounter<long>("streaming.hub.errors", "{error}", "Refused and failed calls of the hub, WHIP and WHEP, by code.");
        _lines = meter.CreateCounter<long>("streaming.chat.lines", "{line}", "Chat lines said.");
        meter.CreateObservableUpDownCounter(
            "streaming.classes", () => Sum(runner => runner.IsOccupied ? 1 : 0), "{class}", "Classes with a member.");
        meter.CreateObservableUpDownCounter(
            "streaming.members", Members, "{member}", "Members in classes, by role; a member with two devices is one.");
        meter.CreateObservableUpDownCounter(
            "streaming.media.sessions", () => Sum(runner => runner.MediaSessions), "{session}", "Open media sessions of members.");

        var inspection = factory.Create(InspectionName);
        _inspectorJoins = inspection.CreateCounter<long>("streaming.inspection.joins", "{join}", "Inspectors who began to watch.");
        _inspectorErrors = inspection.CreateCounter<long>("streaming.inspection.hub.errors", "{error}", "Inspectors' refused calls, by code.");
        inspection.CreateObservableUpDownCounter("streaming.inspection.observers", () => observers.Taken, "{observer}", "Inspectors watching.");

        int Sum(Func<ClassroomRunner, int> count) => classes.Value.Runners.Sum(count);

        IEnumerable<Measurement<int>> Members() =>
        [
            new(Sum(runner => runner.Students), Tag(Role.Student)),
            new(Sum(runner => runner.Teachers), Tag(Role.Teacher)),
        ];
    }

    public void Joined(Role role) => (role == Role.Inspector ? _inspectorJoins : _joins).Add(1, Tag(role));

    public void Refused(string code, Role role) =>
        (role == Role.Inspector ? _inspectorErrors : _errors).Add(1, new KeyValuePair<string, object?>("code", code));

    public void Said() => _lines.Add(1);

    private static KeyValuePair<string, object?> Tag(Role role) => new("role", Access.TicketClaims.RoleWord(role));
}
