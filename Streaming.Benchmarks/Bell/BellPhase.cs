using System.Diagnostics;
using Streaming.Benchmarks.Runs;

namespace Streaming.Benchmarks.Bell;

/// <summary>Measures one stretch of the run and says what it cost.</summary>
/// <param name="Output">Where it is said.</param>
/// <param name="Node">The node.</param>
/// <param name="Gauge">Its Redis.</param>
/// <param name="Threads">Threads that drive the classes.</param>
internal sealed record BellPhase(TextWriter Output, BellNode Node, RedisGauge Gauge, int Threads)
{
    /// <summary>Lets classes take steps, and waits until Redis has all of them.</summary>
    /// <param name="classes">The classes.</param>
    /// <param name="what">What the steps are: "joins".</param>
    /// <param name="one">One of them: "join".</param>
    /// <param name="steps">How many.</param>
    /// <param name="rate">How many a second; null for as fast as it goes.</param>
    /// <param name="nowhere">The same classes, not opened; with them the run's own cost is measured.</param>
    public async Task MeasureAsync(
        IReadOnlyList<BellClass> classes, string what, string one, int steps, int? rate, IReadOnlyList<BellClass>? nowhere = null)
    {
        var idle = nowhere is null ? 0 : await IdleAsync(nowhere, steps, rate);
        Node.Durable.Clear();
        Node.Shipped.Clear();
        var (commits, appends) = (Node.Durable.Batches, Node.Shipped.Batches);
        var (messages, allocated) = (classes.Sum(@class => @class.MessageBytes), GC.GetTotalAllocatedBytes());
        var (redis, here) = (await Gauge.CpuAsync(), ProcessCpu.Seconds());
        var since = Stopwatch.StartNew();
        var driving = await new BellDriver(classes, Threads).DriveAsync(steps, rate);
        var driven = since.Elapsed;
        var (durable, shipped) = await Node.SettleAsync();
        (durable, shipped) = (driven + durable, driven + shipped);
        here = ProcessCpu.Seconds() - here;
        redis = await Gauge.CpuAsync() - redis;
        (commits, appends) = (Node.Durable.Batches - commits, Node.Shipped.Batches - appends);
        (messages, allocated) = (classes.Sum(@class => @class.MessageBytes) - messages, GC.GetTotalAllocatedBytes() - allocated);

        var (entries, toDisk, toDisk99) = Node.Durable.Take();
        var (_, toRedis, toRedis99) = Node.Shipped.Take();
        var seconds = shipped.TotalSeconds;
        Output.WriteLine($"{what}{(rate is null ? ", as fast as it goes" : "")}: {steps / seconds:0}/s ({steps}: {entries} entries, {commits} commits, {appends} appends)");
        Output.WriteLine($"  on the disk  p50 {toDisk:0.0} ms, p99 {toDisk99:0.0} ms after the command; {entries / durable.TotalSeconds:0} entries/s");
        Output.WriteLine($"  in Redis     p50 {toRedis:0.0} ms, p99 {toRedis99:0.0} ms after the command; {entries / seconds:0} entries/s");
        Output.WriteLine($"  Redis        {redis / seconds:P1} of a core: {redis / steps * 1e6:0.0} µs a {one}, {redis / appends * 1e6:0.0} an append");
        Output.WriteLine($"  here         {here / seconds:P1} of a core: {here / steps * 1e6:0.0} µs a {one}, {driving.TotalMicroseconds / steps:0.0} of them the classes' threads; "
            + $"{allocated / steps} bytes allocated, {messages / steps} bytes of messages");
        if (nowhere is not null)
        {
            Output.WriteLine($"               the run itself, doing nothing with its commands: {idle / steps * rate:P1} of a core");
        }
    }

    private async Task<double> IdleAsync(IReadOnlyList<BellClass> nowhere, int steps, int? rate)
    {
        var before = ProcessCpu.Seconds();
        await new BellDriver(nowhere, Threads).DriveAsync(steps, rate);
        return ProcessCpu.Seconds() - before;
    }
}
