namespace Streaming.Rtc.Net;

/// <summary>A room's place on a further worker, which shows what another one receives; see <see cref="RtcWorkerPool.Branch"/>.</summary>
public sealed class RoomBranch
{
    private readonly Action _close;

    internal RoomBranch(RtcWorker worker, Action close) => (Worker, _close) = (worker, close);

    /// <summary>The worker that shows it.</summary>
    public RtcWorker Worker { get; }

    /// <summary>Ends it on both workers, and every transport in it. Once.</summary>
    public void Close() => _close();
}
