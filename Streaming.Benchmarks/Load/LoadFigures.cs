namespace Streaming.Benchmarks.Load;

/// <summary>Durations as they are told, in milliseconds.</summary>
internal sealed record Spread(double P50, double P95, double P99, double Longest)
{
    public static Spread? Of(LatencyHistogram histogram) => histogram.Count == 0
        ? null
        : new Spread(Milliseconds(histogram.At(0.50)), Milliseconds(histogram.At(0.95)), Milliseconds(histogram.At(0.99)), Milliseconds(histogram.Longest));

    public static Spread? Of(IEnumerable<TimeSpan> durations)
    {
        var sorted = durations.Order().ToArray();
        return sorted.Length == 0 ? null : new Spread(At(0.50), At(0.95), At(0.99), Milliseconds(sorted[^1]));

        double At(double share) => Milliseconds(sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)]);
    }

    public override string ToString() => $"p50 {P50:0.0}, p95 {P95:0.0}, p99 {P99:0.0}, longest {Longest:0.0} ms";

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);
}

/// <summary>What was measured in one window of time.</summary>
internal sealed record LoadFigures
{
    public required int Classes { get; init; }

    /// <summary>Viewers of all classes.</summary>
    public required int Viewers { get; init; }

    public required double Seconds { get; init; }

    /// <summary>RTP packets that the teachers sent.</summary>
    public required long Sent { get; init; }

    /// <summary>RTP packets that the server sent to viewers: those that came, and those that the viewers' own sockets had no room for.</summary>
    public required long Forwarded { get; init; }

    /// <summary>Packets that are missing at viewers, without <see cref="DroppedAtViewers"/>: the server's loss.</summary>
    public required long Lost { get; init; }

    /// <summary>Datagrams that the kernel dropped at viewers' sockets: the load side's loss.</summary>
    public required long DroppedAtViewers { get; init; }

    /// <summary>Datagrams that the kernel dropped at the server's sockets: the server came too late to read them.</summary>
    public required long DroppedAtServer { get; init; }

    public required long Duplicates { get; init; }

    public required long OutOfOrder { get; init; }

    /// <summary>Numberings begun anew; what such a stream lost is not known.</summary>
    public required long Restarts { get; init; }

    /// <summary>Packets of sampled viewers that were decrypted and had the content that was sent.</summary>
    public required long Checked { get; init; }

    /// <summary>Packets of sampled viewers that had not.</summary>
    public required long Wrong { get; init; }

    /// <summary>What the viewer with the fewest packets got, as a share of what its teacher sent.</summary>
    public required double FewestShare { get; init; }

    /// <summary>CPU of the server's whole process, in seconds.</summary>
    public required CpuTime ServerCpu { get; init; }

    /// <summary>CPU of its media threads alone; null where they cannot be told.</summary>
    public required CpuTime? MediaCpu { get; init; }

    /// <summary>CPU of its runtime's compiler, in seconds, which ends some minutes after a start; null where it cannot be told.</summary>
    public required double? CompilerCpu { get; init; }

    /// <summary>How busy the server's processors were, with anything; 0–1.</summary>
    public required double ServerProcessorsBusy { get; init; }

    /// <summary>How busy the load's processors were, with anything; 0–1.</summary>
    public required double LoadProcessorsBusy { get; init; }

    /// <summary>CPU of the load's own process, as a share of a core.</summary>
    public required double LoadShare { get; init; }

    /// <summary>Of that the viewers' thread.</summary>
    public required double ReaderShare { get; init; }

    /// <summary>From the teacher's send to the kernel's receive timestamp, of sampled viewers.</summary>
    public required Spread? Latency { get; init; }

    /// <summary>The median of the last second alone, in ms: far above the others', the server falls behind.</summary>
    public required double LastLatency { get; init; }

    /// <summary>Between packets at one viewer.</summary>
    public required Spread? Gaps { get; init; }

    /// <summary>Transport feedbacks that viewers sent; 0 where none was agreed.</summary>
    public required long Feedbacks { get; init; }

    /// <summary>How late the latest of the teachers' packets was behind its moment, in ms: the load side's doing.</summary>
    public required double TeacherLate { get; init; }

    /// <summary>What the server says of itself; null when it says nothing. Over a slightly longer time than the rest.</summary>
    public required ServerMeters? Meters { get; init; }

    /// <summary>RAM of the server's process at the end, in bytes.</summary>
    public required long ServerMemory { get; init; }

    /// <summary>CPU of the server's process, as a share of a core.</summary>
    public double ServerShare => ServerCpu.Total / Seconds;

    public double PacketsPerSecond => Forwarded / Seconds;

    /// <summary>CPU of the server's process per forwarded packet, in µs.</summary>
    public double CpuPerPacket => Per(ServerCpu.Total);

    public double UserPerPacket => Per(Split(ServerCpu, ServerCpu.User));

    public double SystemPerPacket => Per(Split(ServerCpu, ServerCpu.System));

    public double? MediaCpuPerPacket => MediaCpu is { } media ? Per(media.Total) : null;

    /// <summary>CPU of its runtime's compiler per forwarded packet, in µs.</summary>
    public double? CompilerPerPacket => CompilerCpu is { } compiler ? Per(compiler) : null;

    /// <summary>Bytes allocated on the media threads per forwarded packet.</summary>
    public double? AllocatedPerPacket => Meters is { Forwarded: > 0 } ? Meters.MediaAllocated / Meters.Forwarded : null;

    /// <summary>The server's loss, as a share of what it should have forwarded.</summary>
    public double LossShare => Lost == 0 ? 0 : Lost / (double)(Lost + Forwarded);

    private double Per(double seconds) => Forwarded == 0 ? double.NaN : seconds * 1e6 / Forwarded;

    // The kernel's ticks tell the parts only roughly; the total is exact.
    private static double Split(CpuTime time, double part) => time.User + time.System == 0 ? 0 : time.Total * part / (time.User + time.System);
}

/// <summary>How some viewers came.</summary>
/// <param name="Viewers">Who are connected.</param>
/// <param name="Failed">Who are not.</param>
/// <param name="Seconds">From the first one's knock to the last one's keys.</param>
/// <param name="Connected">From each one's knock (WHEP's POST) to its keys.</param>
/// <param name="FirstPacket">From each one's knock to its first packet of media; null where nothing comes.</param>
/// <param name="FirstFailure">What the first one that failed was told; null when none did.</param>
internal sealed record JoinFigures(int Viewers, int Failed, double Seconds, Spread? Connected, Spread? FirstPacket, string? FirstFailure)
{
    public double PerSecond => Viewers / Seconds;
}

/// <summary>Two windows: the classes by themselves, and while others come or go.</summary>
/// <param name="Before">By themselves.</param>
/// <param name="During">Meanwhile.</param>
/// <param name="Joins">Who came.</param>
/// <param name="Left">Who went.</param>
internal sealed record DisturbanceFigures(LoadFigures Before, LoadFigures During, JoinFigures Joins, int Left);
