using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Client.Peers;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Benchmarks.Load;

/// <summary>One class over real sockets: a worker as in production, and peers on a thread that looks at its sockets by timer.</summary>
/// <remarks>
/// The worker's own thread clock is read, so that the peers' work in the same process is not counted; what the kernel does for a send is.
/// </remarks>
internal sealed class LoadRun(LoadOptions options)
{
    // What is on its way when the counting ends is far less than the rest.
    private const double Complete = 0.99;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public async Task<int> RunAsync(TextWriter output)
    {
        await using var pool = RtcWorkerPool.Start(
            new RtcOptions { Address = IPAddress.Loopback, FirstPort = 0, Workers = 1 }, NullLoggerFactory.Instance);
        await using var loop = new HeadlessPeerLoop();
        var worker = pool.Workers[0];
        var room = pool.NextRoomId();
        worker.Post(new OpenRoom(room));

        var teacher = HeadlessPeer.Publisher();
        var (answer, publish) = Answer(PublishAnswer.TryMake(teacher.Offer, Describe(pool, worker), out var made, out var asked, out var refusal), made, asked, refusal);
        worker.Post(new AddPublisher(pool.NextTransportId(), room, publish));
        await loop.ConnectAsync(teacher, answer, [
            new MadeVoiceFeed(teacher.Sent[0], new MadeVoice()),
            new MadeVideoFeed(teacher.Sent[1], new MadeVideo(options.PacketsPerFrame, options.PacketSize - RtpWriter.HeaderLength), options.FramesPerSecond),
        ]);

        var joining = Stopwatch.StartNew();
        var checks = new MadeMediaCheck[options.Viewers];
        var viewers = await Task.WhenAll(Enumerable.Range(0, options.Viewers).Select(i => WatchAsync(pool, worker, room, loop, checks[i] = new MadeMediaCheck())));
        output.WriteLine($"{options.Viewers} viewers connected in {joining.Elapsed.TotalSeconds:0.00} s");

        await Task.Delay(WarmUp);
        var sentBefore = await loop.RunAsync(_ => { Array.ForEach(checks, check => check.Clear()); return Sent(teacher); });
        var before = Reading.Of(worker);
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
        var spent = Reading.Of(worker) - before;
        await Task.Delay(TimeSpan.FromMilliseconds(500));   // what is on its way arrives

        var (sent, fewest) = await loop.RunAsync(_ => (Sent(teacher) - sentBefore, checks.Min(check => check.Right)));
        var lost = viewers.Sum(viewer => viewer.Received.Sum(track => track.Lost));
        var wrong = checks.Sum(check => check.Wrong);
        output.WriteLine($"forwarded           {spent.Forwarded} packets, {spent.Forwarded / (double)options.Seconds:0} a second");
        output.WriteLine($"media thread        {spent.Cpu.TotalMicroseconds / spent.Forwarded:0.00} µs CPU per forwarded packet, {spent.Cpu.TotalSeconds / options.Seconds:P0} of a core");
        output.WriteLine($"allocated           {spent.Allocated} bytes in all, {spent.Allocated / (double)spent.Forwarded:0.0000} per forwarded packet");
        output.WriteLine($"latency             p50 {checks.Average(check => check.Latency(0.50).TotalMilliseconds):0.0} ms, p99 {checks.Max(check => check.Latency(0.99).TotalMilliseconds):0.0} ms (worst viewer)");
        output.WriteLine($"lost                {lost} packets, {spent.Resent} resent, {worker.SendFailures} refused by the kernel");
        var arrived = sent == 0 ? 0 : fewest / (double)sent;
        output.WriteLine($"content             {wrong} packets with wrong bytes; the viewer with the fewest got {arrived:P1} of {sent}");
        return lost == 0 && wrong == 0 && arrived >= Complete ? 0 : 1;
    }

    private static long Sent(HeadlessPeer teacher) => teacher.Sent.Sum(track => track.Packets);

    private static async Task<HeadlessPeer> WatchAsync(RtcWorkerPool pool, RtcWorker worker, RoomId room, HeadlessPeerLoop loop, MadeMediaCheck check)
    {
        var viewer = HeadlessPeer.Watcher(new HeadlessPeerOptions { Pictures = 1, OnPacket = check.Look });
        var (answer, watch) = Answer(
            WatchAnswer.TryMake(viewer.Offer, Describe(pool, worker), "load", null, out var made, out var asked, out var refusal), made, asked, refusal);
        worker.Post(new AddWatcher(pool.NextTransportId(), room, watch, IsObserver: false));
        await loop.ConnectAsync(viewer, answer);
        return viewer;
    }

    private static (string Answer, T Parameters) Answer<T>(bool isMade, string? answer, T? parameters, SdpRefusal? refusal)
        where T : class =>
        isMade ? (answer!, parameters!) : throw new InvalidOperationException(refusal!.Sentence);

    private static LocalDescription Describe(RtcWorkerPool pool, RtcWorker worker) => new(
        IceCredentials.Generate(), pool.Certificate.Fingerprint, [.. worker.Candidates.Select(candidate => candidate.ToSdp())], 1);

    private readonly record struct Reading(long Forwarded, long Resent, long Allocated, TimeSpan Cpu)
    {
        public static Reading Of(RtcWorker worker) => new(
            worker.Counters.Members.PacketsForwarded, worker.Counters.Members.PacketsResent, worker.Gauges.AllocatedBytes, worker.Gauges.CpuTime);

        public static Reading operator -(Reading later, Reading earlier) => new(
            later.Forwarded - earlier.Forwarded, later.Resent - earlier.Resent, later.Allocated - earlier.Allocated, later.Cpu - earlier.Cpu);
    }
}
