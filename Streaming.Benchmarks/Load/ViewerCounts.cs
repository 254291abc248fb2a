namespace Streaming.Benchmarks.Load;

/// <summary>What viewers have received of media, resends left out.</summary>
/// <param name="Packets">RTP packets, each once.</param>
/// <param name="Missing">Numbers that did not come.</param>
/// <param name="Dropped">Datagrams that the kernel dropped at the viewers' own sockets.</param>
/// <param name="Duplicates">Packets that came twice.</param>
/// <param name="OutOfOrder">Packets that came behind a later one.</param>
/// <param name="Restarts">Numberings begun anew.</param>
/// <param name="Wrong">Packets of sampled viewers that did not decrypt or had not the content that was sent.</param>
/// <param name="Checked">Packets of sampled viewers that did and had.</param>
internal readonly record struct ViewerCounts(
    long Packets, long Missing, long Dropped, long Duplicates, long OutOfOrder, long Restarts, long Wrong, long Checked)
{
    /// <summary>Of one viewer: what is missing beyond what its own socket dropped. A sum of viewers has no such figure: one's drops explain no other's holes.</summary>
    public long Lost => Math.Max(0, Missing - Dropped);

    public static ViewerCounts operator +(ViewerCounts a, ViewerCounts b) => new(
        a.Packets + b.Packets,
        a.Missing + b.Missing,
        a.Dropped + b.Dropped,
        a.Duplicates + b.Duplicates,
        a.OutOfOrder + b.OutOfOrder,
        a.Restarts + b.Restarts,
        a.Wrong + b.Wrong,
        a.Checked + b.Checked);

    public static ViewerCounts operator -(ViewerCounts a, ViewerCounts b) => new(
        a.Packets - b.Packets,
        a.Missing - b.Missing,
        a.Dropped - b.Dropped,
        a.Duplicates - b.Duplicates,
        a.OutOfOrder - b.OutOfOrder,
        a.Restarts - b.Restarts,
        a.Wrong - b.Wrong,
        a.Checked - b.Checked);
}
