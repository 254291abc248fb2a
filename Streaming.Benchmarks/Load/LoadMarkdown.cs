using System.Text;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Load;

/// <summary>Writes a report as Markdown: what ran, and a table with a row for each window.</summary>
internal static class LoadMarkdown
{
    public static string Write(LoadReport report)
    {
        var text = new StringBuilder();
        var options = report.Options;
        var stream = options.Stream;
        Line($"# Load run: {options.Kind.ToString().ToLowerInvariant()}");
        Line("");
        Line($"{report.At:yyyy-MM-dd HH:mm} UTC, {report.Machine.Processors} processors ({report.Machine.Processor}), Linux {report.Machine.Kernel}, {report.Machine.Runtime}.");
        Line($"{(options.Foreign is null ? "Our server" : $"The server at {options.Foreign.Whep}")} on processor {options.ServerProcessors}, load on {options.LoadProcessors}; receivers: {Receiver(options)}; {(options.TellsArrivals ? $"transport feedback every {ViewerFeedback.Interval.TotalMilliseconds:0} ms" : "no transport feedback")}.");
        Line($"{options.Classes} {(options.Classes == 1 ? "class" : "classes")}; each teacher sends {(stream.IsVoiceOnly ? "" : $"{stream.FramesPerSecond} frames a second of {stream.PacketsPerFrame} × {stream.PacketSize} bytes and ")}"
            + $"50 voice packets of {PublishedStream.VoiceSize} bytes, {(stream.IsVoiceOnly ? "" : $"{stream.VoiceOffset.TotalMilliseconds:0} ms behind the frames, ")}"
            + $"{(options.Profile == SrtpProfile.AeadAes128Gcm ? "AEAD_AES_128_GCM" : "AES_CM_128_HMAC_SHA1_80")}.");
        if (options.ServerSettings.Count > 0)
        {
            Line($"Settings: {string.Join(", ", options.ServerSettings.Select(setting => $"`{setting}`"))}.");
        }

        Line("");
        Line($"Joining: {LoadText.Of(report.Joins)}.");
        if (report.MemoryPerViewer > 0)
        {
            Line($"Memory: {report.MemoryPerViewer / 1024:0} KiB of the server's RAM per viewer.");
        }

        Line("");
        Line($"| window | viewers | packets/s | server CPU µs/packet (user + sys) | of it media threads / compiler | server, share of a core | server's / load's processors busy | latency p50 / p95 / p99 ms | longest gap / p99 ms | lost | dropped at viewers / server | bytes/packet | GC ms |");
        Line($"|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (name, figures) in Windows(report))
        {
            Line(Row(name, figures));
        }

        if (report.Saturation is { } saturation)
        {
            Line("");
            Line($"Saturation: {saturation.Viewers} viewers. {saturation.Reason}");
        }

        if (report.Disturbance is { } disturbance)
        {
            Line("");
            Line($"Meanwhile: {LoadText.Of(disturbance.Joins)}{(disturbance.Left > 0 ? $"; {disturbance.Left} left" : "")}.");
        }

        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    private static IEnumerable<(string Name, LoadFigures Figures)> Windows(LoadReport report)
    {
        foreach (var (window, index) in report.Windows.Select((window, index) => (window, index)))
        {
            yield return ($"{index + 1}", window);
        }

        if (report.Disturbance is { } disturbance)
        {
            yield return ("before", disturbance.Before);
            yield return ("meanwhile", disturbance.During);
        }
    }

    private static string Row(string name, LoadFigures f) =>
        $"| {name} | {f.Viewers} | {f.PacketsPerSecond:0} | {f.CpuPerPacket:0.00} ({f.UserPerPacket:0.00} + {f.SystemPerPacket:0.00}) | {f.MediaCpuPerPacket:0.00} / {f.CompilerPerPacket:0.00} | {f.ServerShare * 100:0} % | {f.ServerProcessorsBusy * 100:0} / {f.LoadProcessorsBusy * 100:0} % | {f.Latency?.P50:0.00} / {f.Latency?.P95:0.00} / {f.Latency?.P99:0.00} | {f.Gaps?.Longest:0} / {f.Gaps?.P99:0} | {f.Lost} ({f.LossShare * 100:0.000} %) | {f.DroppedAtViewers} / {f.DroppedAtServer} | {f.AllocatedPerPacket:0.000} | {f.Meters?.GcPause * 1e3:0.0} |";

    private static string Receiver(LoadOptions options) => options.Receivers switch
    {
        Receivers.Timer => $"by timer every {options.Pause.TotalMilliseconds:0} ms, a datagram each",
        Receivers.Gro => $"by timer every {options.Pause.TotalMilliseconds:0} ms, segmented batches whole (UDP_GRO)",
        _ => "woken by each datagram",
    };
}
