using System.Diagnostics.Metrics;
using Streaming.Rtc;
using Streaming.Rtc.Net;
using Streaming.Rtc.Net.Tcp;
using Streaming.Rtc.Sfu;

namespace Streaming.Server.Telemetry;

/// <summary>What the media workers move and drop. Observers' share is under the meter of inspection, and so is what would betray it.</summary>
internal sealed class RtcMeters
{
    private readonly RtcWorkerPool _pool;

    public RtcMeters(IMeterFactory factory, RtcWorkerPool pool)
    {
        _pool = pool;
        var members = factory.Create(StreamingMeters.Name);
        members.CreateObservableCounter(
            "streaming.rtc.packets.received", () => Sum(worker => worker.Counters.PacketsReceived), "{packet}", "RTP packets accepted from publishers.");
        members.CreateObservableCounter(
            "streaming.rtc.packets.recovered", () => Sum(worker => worker.Counters.PacketsRecovered), "{packet}", "Packets that publishers sent again for us.");
        members.CreateObservableCounter(
            "streaming.rtc.key_frames.requested", () => Sum(worker => worker.Counters.KeyFramesRequested), "{request}", "Key frames asked of publishers.");
        members.CreateObservableCounter(
            "streaming.rtc.packets.padded", () => Sum(worker => worker.Counters.PacketsPadded), "{packet}", "Publishers' packets lengthened so that a frame leaves as one segmented send.");
        members.CreateObservableCounter(
            "streaming.rtc.packets.relayed", () => Sum(worker => worker.Counters.PacketsRelayed), "{packet}", "Packets handed to further workers of large classes.");
        members.CreateObservableCounter("streaming.rtc.packets.not_relayed", NotRelayed, "{packet}", "Packets that a further worker had no room for, by kind.");
        members.CreateObservableCounter("streaming.rtc.drops", () => Drops(worker => worker.Drops), "{datagram}", "Datagrams dropped, by reason.");
        Watching(members, "streaming.rtc", worker => worker.Counters.Members);
        members.CreateObservableCounter(
            "streaming.rtc.tcp.dropped", () => Dropped(_pool.Tcp.Members), "{packet}", "Packets that a TCP connection was too slow for, by kind.");

        var inspection = factory.Create(StreamingMeters.InspectionName);
        Watching(inspection, "streaming.inspection.rtc", worker => worker.Counters.Observers);
        inspection.CreateObservableCounter(
            "streaming.inspection.rtc.tcp.dropped", () => Dropped(_pool.Tcp.Observers), "{packet}", "Inspectors' packets that a TCP connection was too slow for.");
        inspection.CreateObservableUpDownCounter(
            "streaming.rtc.tcp.connections", () => _pool.TcpConnections, "{connection}", "Open TCP connections, whoever they are.");
        inspection.CreateObservableCounter(
            "streaming.rtc.tcp.ends", Ends, "{connection}", "TCP connections that ended or were refused, by reason.");
        inspection.CreateObservableCounter(
            "streaming.inspection.rtc.drops", () => Drops(worker => worker.Counters.ObserverDrops), "{datagram}", "Inspectors' datagrams dropped, by reason.");
        inspection.CreateObservableCounter(
            "streaming.rtc.worker.cpu.time", () => _pool.Workers.Sum(worker => worker.Gauges.CpuTime.TotalSeconds), "s", "CPU time of the media threads.");
        inspection.CreateObservableCounter(
            "streaming.rtc.worker.allocated", () => Sum(worker => worker.Gauges.AllocatedBytes), "By", "Bytes that the media threads allocated.");
        inspection.CreateObservableCounter(
            "streaming.rtc.worker.messages", () => Sum(worker => worker.MessagesSent), "{message}", "Messages that the kernel took; a segmented one carries several datagrams.");
        inspection.CreateObservableCounter(
            "streaming.rtc.worker.datagrams", () => Sum(worker => worker.DatagramsSent), "{datagram}", "Datagrams that the kernel took.");
        inspection.CreateObservableUpDownCounter(
            "streaming.rtc.worker.unsegmented", () => Sum(worker => worker.IsSegmenting ? 0 : 1), "{worker}", "Workers whose port sends each datagram by itself.");
        inspection.CreateObservableCounter(
            "streaming.rtc.worker.send_failures", () => Sum(worker => worker.SendFailures), "{datagram}", "Datagrams that the kernel refused to send.");
    }

    private void Watching(Meter meter, string prefix, Func<RtcWorker, WatchCounters> of)
    {
        meter.CreateObservableCounter(
            $"{prefix}.packets.forwarded", () => Sum(worker => of(worker).PacketsForwarded), "{packet}", "RTP packets forwarded to watchers.");
        meter.CreateObservableCounter(
            $"{prefix}.packets.resent", () => Sum(worker => of(worker).PacketsResent), "{packet}", "RTP packets sent again on a NACK.");
        meter.CreateObservableUpDownCounter(
            $"{prefix}.transports", () => Sum(worker => of(worker).Transports), "{transport}", "Open peer connections.");
        meter.CreateObservableUpDownCounter(
            $"{prefix}.transports.tcp", () => Sum(worker => of(worker).TcpTransports), "{transport}", "Those of them that go by TCP, because no UDP passes.");
    }

    private long Sum(Func<RtcWorker, long> count) => _pool.Workers.Sum(count);

    private IEnumerable<Measurement<long>> NotRelayed() =>
    [
        new(Sum(worker => worker.Counters.PicturePacketsNotRelayed), new KeyValuePair<string, object?>("kind", "picture")),
        new(Sum(worker => worker.Counters.VoicePacketsNotRelayed), new KeyValuePair<string, object?>("kind", "voice")),
    ];

    private static IEnumerable<Measurement<long>> Dropped(TcpDrops drops) =>
    [
        new(drops.Pictures, new KeyValuePair<string, object?>("kind", "picture")),
        new(drops.Others, new KeyValuePair<string, object?>("kind", "other")),
    ];

    private IEnumerable<Measurement<long>> Ends() =>
        from end in Enum.GetValues<TcpEnd>()
        select new Measurement<long>(_pool.Tcp[end], new KeyValuePair<string, object?>("reason", end.ToString()));

    private IEnumerable<Measurement<long>> Drops(Func<RtcWorker, DropCounters> of) =>
        from reason in Enum.GetValues<DropReason>()
        where reason != DropReason.None
        select new Measurement<long>(Sum(worker => of(worker)[reason]), new KeyValuePair<string, object?>("reason", reason.ToString()));
}
