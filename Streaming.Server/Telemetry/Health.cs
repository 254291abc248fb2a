using System.Text.Json;
using Streaming.Contracts;
using Streaming.Server.Access;

namespace Streaming.Server.Telemetry;

/// <summary>How a part of the server does.</summary>
internal enum HealthState
{
    /// <summary>All well.</summary>
    Ok,

    /// <summary>Lessons go on, but something needs an operator.</summary>
    Degraded,

    /// <summary>New lessons should go elsewhere.</summary>
    Down,
}

/// <summary>A part's state, and a sentence when it is not well.</summary>
internal sealed record PartHealth(HealthState State, string? Detail = null);

/// <summary>A part of the server that can say how it does. Register as many as there are.</summary>
internal interface IHealthPart
{
    /// <summary>The part's name in <c>/healthz/ready</c>, for example <c>media</c>.</summary>
    string Name { get; }

    /// <summary>How it does now. Called at each request: quick, and from any thread.</summary>
    PartHealth Check();
}

/// <summary>Whether the data directory takes what is written.</summary>
/// <remarks>Anybody may ask, as often as they like: the disk is tried every <see cref="ProbeInterval"/> at most.</remarks>
internal sealed class DataDirectoryHealth(DataDirectory data, StorageHealth storage, TimeProvider time) : IHealthPart
{
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private DateTimeOffset? _probed;
    private string? _failure;

    public string Name => "data";

    public PartHealth Check()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_probed is not { } probed || now - probed >= ProbeInterval || now < probed)
            {
                _probed = now;
                _failure = Probe();
            }

            return _failure is { } failure ? new PartHealth(HealthState.Degraded, $"The data directory cannot be written: {failure}")
                : storage.Failure is { } earlier ? new PartHealth(HealthState.Degraded, $"A lesson could not be saved: {earlier}")
                : new PartHealth(HealthState.Ok);
        }
    }

    private string? Probe()
    {
        try
        {
            using var probe = new FileStream(Path.Combine(data.Root, ".probe"), DataDirectory.PrivateFile(FileMode.Create));
            probe.WriteByte((byte)'\n');
            probe.Flush(flushToDisk: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return StorageHealth.Describe(failure);
        }

        return null;
    }
}

/// <summary><c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: each part's state; 503 when one is down.</summary>
internal static class HealthEndpoints
{
    private sealed record Report(HealthState Status, SortedDictionary<string, PartHealth>? Parts = null);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz/live", () => Json(new Report(HealthState.Ok))).AllowAnonymous();
        endpoints.MapGet("/healthz/ready", (IEnumerable<IHealthPart> parts) =>
        {
            var states = new SortedDictionary<string, PartHealth>(
                parts.ToDictionary(part => part.Name, part => part.Check()), StringComparer.Ordinal);
            return Json(new Report(states.Values.Max(part => part.State), states));
        }).AllowAnonymous();
    }

    private static IResult Json(Report report) => Results.Json(
        report,
        ContractsJson.Wire,
        statusCode: report.Status == HealthState.Down ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
}
