using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Load;

/// <summary>The machine that was measured on.</summary>
internal sealed record LoadMachine(string Processor, int Processors, string Kernel, string Runtime)
{
    public static LoadMachine This() => new(
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown",
        Environment.ProcessorCount,
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        RuntimeInformation.FrameworkDescription);
}

/// <summary>Where a saturation run ended.</summary>
/// <param name="Viewers">The most viewers at which no more than 0.1 % was lost and the server kept up; 0 when it never did.</param>
/// <param name="Reason">What ended it, in one sentence.</param>
internal sealed record Saturation(int Viewers, string Reason);

/// <summary>All that a run found, as it is written to files.</summary>
internal sealed record LoadReport
{
    public required DateTimeOffset At { get; init; }

    public required LoadMachine Machine { get; init; }

    public required LoadOptions Options { get; init; }

    /// <summary>The viewers that came before the measuring.</summary>
    public required JoinFigures Joins { get; init; }

    /// <summary>One window, or of a saturation run one for each step.</summary>
    public IReadOnlyList<LoadFigures> Windows { get; init; } = [];

    /// <summary>Only of a saturation run.</summary>
    public Saturation? Saturation { get; init; }

    /// <summary>Only of a storm and of churn.</summary>
    public DisturbanceFigures? Disturbance { get; init; }

    /// <summary>RAM of the server's process with teachers and without viewers, in bytes.</summary>
    public required long EmptyMemory { get; init; }

    /// <summary>Whether the server's other threads had become quiet before the first window.</summary>
    public required bool Settled { get; init; }

    /// <summary>RAM of the server's process that each viewer added, in bytes.</summary>
    public double MemoryPerViewer => Windows is [.., { Viewers: > 0 } last] ? (last.ServerMemory - EmptyMemory) / (double)last.Viewers : 0;

    /// <summary>Whether all went as it should: all came, nothing lost, all content right. A saturation run loses in the end.</summary>
    public bool IsClean => Joins.Failed == 0 && (Disturbance?.Joins.Failed ?? 0) == 0
        && Windows.All(window => Saturation is not null ? window.Wrong == 0 : IsSound(window))
        && (Disturbance is null || (IsSound(Disturbance.Before) && IsSound(Disturbance.During)));

    // What the viewers' own sockets dropped is not the server's fault, but then nobody knows what the server lost.
    private static bool IsSound(LoadFigures window) =>
        window is { Wrong: 0, Lost: 0, DroppedAtViewers: 0, DroppedAtServer: 0, Restarts: 0, Checked: > 0 } && !SaturationRule.IsStarved(window);

    /// <summary>The report as JSON, names in camel case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter<LoadKind>(), new JsonStringEnumConverter<Receivers>(), new JsonStringEnumConverter<SrtpProfile>(), new HiddenTokens() },
    };

    /// <summary>Tokens open doors; a report is passed around.</summary>
    private sealed class HiddenTokens : JsonConverter<ForeignOptions>
    {
        public override ForeignOptions Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, ForeignOptions value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("whip", value.Whip.ToString());
            writer.WriteString("whep", value.Whep.ToString());
            writer.WriteEndObject();
        }
    }
}
