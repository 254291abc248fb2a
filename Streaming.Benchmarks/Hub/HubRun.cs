using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;

namespace Streaming.Benchmarks.Hub;

/// <summary>What a roster delta costs on its way to each connection, by our fan-out and by SignalR's, and what connections that do not read do to the others.</summary>
internal sealed class HubRun(HubOptions options)
{
    private const int WarmUpSeconds = 10;   // until the runtime has compiled all of it for good
    private const int FillBytes = 512 * 1_024;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public async Task<int> RunAsync(TextWriter output)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ArgumentException("The hub run needs Linux: its load looks at sockets as only Linux lets it.");
        }

        if (options.Pinned)
        {
            // What this process starts later takes it over, and is then given its own.
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = (nint)(((1L << Math.Min(Environment.ProcessorCount, 62)) - 1) & ~1L);
        }

        var measured = new List<HubMeasure>();
        var variants = await VariantsAsync();
        output.WriteLine($"{options.Connections} connections, {options.Deltas} deltas a second for {options.Seconds} s, {options.Rounds} rounds; then {options.Stalled} more that do not read");
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var variant in variants)
            {
                measured.AddRange(await MeasureAsync(variant, round));
            }
        }

        var summaries = variants.Select(variant => HubSummary.Of(variant, [.. measured.Where(measure => measure.Variant == variant)])).ToList();
        HubTable.Write(output, summaries);
        if (options.Json is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { options, summaries, measured }, Indented));
        }

        return measured.Exists(measure => measure.Load.Lost != 0 || measure.ReadersClosed != 0) ? 1 : 0;
    }

    [SupportedOSPlatform("linux")]
    private async Task<HubVariant[]> VariantsAsync()
    {
        await using var server = await HubServerProcess.StartAsync(HubWay.FanOut, options.Pinned);
        return
        [
            .. server.Ready.Protocols.Order(StringComparer.Ordinal).Select(protocol => new HubVariant(HubWay.FanOut, protocol)),
            new(HubWay.Outboxes, "json"),
            new(HubWay.Plain, "json"),
        ];
    }

    [SupportedOSPlatform("linux")]
    private async Task<HubMeasure[]> MeasureAsync(HubVariant variant, int round)
    {
        await using var server = await HubServerProcess.StartAsync(variant.Way, options.Pinned);
        var port = server.Ready.Port;
        using var load = HubLoad.Connect(port, variant.Protocol, options.Connections);
        await server.SendAsync(options.Deltas, WarmUpSeconds);
        var alone = await PartAsync(stalled: 0);
        if (options.Stalled == 0)
        {
            return [alone];
        }

        load.AddStalled(port, variant.Protocol, options.Stalled);
        await server.FillAsync(FillBytes);
        await server.SendAsync(options.Deltas, 1);
        return [alone, await PartAsync(options.Stalled)];

        async Task<HubMeasure> PartAsync(int stalled)
        {
            load.Begin();
            var figures = await server.SendAsync(options.Deltas, options.Seconds);
            return new HubMeasure(variant, round, stalled, figures, load.End(figures.Last), load.Closed);
        }
    }
}

/// <summary>One part of one round.</summary>
internal sealed record HubMeasure(HubVariant Variant, int Round, int Stalled, HubServerFigures Server, HubLoadFigures Load, int ReadersClosed);
