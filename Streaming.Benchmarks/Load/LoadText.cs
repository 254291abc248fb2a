namespace Streaming.Benchmarks.Load;

/// <summary>Tells figures on the console.</summary>
internal static class LoadText
{
    public static string Of(JoinFigures joins) => 
        $"{joins.Viewers} viewers connected in {joins.Seconds:0.00} s, {joins.PerSecond:0} a second; from knock to keys {joins.Connected}{First(joins)}{Failed(joins)}";

    public static void Write(TextWriter output, LoadFigures f)
    {
        output.WriteLine($"forwarded           {f.Forwarded} packets to {f.Viewers} viewers, {f.PacketsPerSecond:0} a second");
        output.WriteLine($"server's process    {f.CpuPerPacket:0.00} µs CPU per forwarded packet (user {f.UserPerPacket:0.00}, sys {f.SystemPerPacket:0.00}), {f.ServerShare:P1} of a core"
            + (f.MediaCpuPerPacket is { } media ? $"; its media threads {media:0.00} µs, its runtime's compiler {f.CompilerPerPacket:0.00}" : ""));
        output.WriteLine($"processors          server's {f.ServerProcessorsBusy:P0} busy with anything, load's {f.LoadProcessorsBusy:P0}; this process {f.LoadShare:P0} of a core, of that the viewers' thread {f.ReaderShare:P0}");
        output.WriteLine($"latency             {f.Latency}");
        output.WriteLine($"gaps                {f.Gaps}; teachers at most {f.TeacherLate:0.0} ms late");
        output.WriteLine($"feedback            {(f.Feedbacks == 0 ? "none" : $"{f.Feedbacks / f.Seconds / f.Viewers:0.0} a second and viewer")}");
        output.WriteLine($"lost                {f.Lost} packets ({f.LossShare:P3}); {f.DroppedAtViewers} dropped at viewers' sockets, {f.DroppedAtServer} at the server's; "
            + $"{f.Duplicates} twice, {f.OutOfOrder} out of order, {f.Restarts} numberings begun anew");
        output.WriteLine($"content             {f.Checked} packets checked, {f.Wrong} wrong; the viewer with the fewest got {f.FewestShare:P1}");
        if (f.Meters is { } meters)
        {
            output.WriteLine($"allocated           {meters.MediaAllocated:0} bytes on the media threads, {f.AllocatedPerPacket:0.0000} per forwarded packet; {meters.SendFailures} sends refused, {meters.Resent} resent");
            output.WriteLine($"collector           {meters.GcPause * 1e3:0.0} ms in {meters.GcCount:0} collections");
        }
    }

    /// <summary>One line for a step of a saturation run.</summary>
    public static void WriteStep(TextWriter output, LoadFigures f) => output.WriteLine(
        $"{f.Viewers,5} viewers  {f.PacketsPerSecond,7:0}/s  {f.CpuPerPacket,5:0.00} µs  lost {f.LossShare:P3}  dropped at viewers {f.DroppedAtViewers}, at the server {f.DroppedAtServer}  "
        + $"latency {f.Latency?.P50:0.0} / {f.Latency?.P99:0.0} ms, at the end {f.LastLatency:0.0}  "
        + $"server {f.ServerShare:P0} of a core ({f.ServerProcessorsBusy:P0} busy)  load {f.LoadShare:P0} ({f.LoadProcessorsBusy:P0} busy)");

    private static string First(JoinFigures joins) => joins.FirstPacket is { } first ? $"; to the first packet {first}" : "";

    private static string Failed(JoinFigures joins) => joins.Failed > 0 ? $"; {joins.Failed} FAILED, the first: {joins.FirstFailure}" : "";
}
