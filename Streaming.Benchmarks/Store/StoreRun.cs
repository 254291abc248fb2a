using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Benchmarks.Runs;
using Streaming.Server;
using Streaming.Server.Stores.Redis;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Benchmarks.Store;

/// <summary>A city's bell and its lessons, appended to a real Redis through the server's own store, at a steady rate.</summary>
/// <remarks>
/// The CPU of Redis is what Redis says of itself (INFO cpu, its kernel's time included). That of this process is the system's count;
/// how much of it the run itself costs (making the entries, a timer of 5 ms) is measured by the same run that sends nothing. Beside it <c>redis-benchmark</c> does plain commands on the same server in the same run.
/// </remarks>
internal sealed class StoreRun(StoreOptions options)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly List<double> _latencies = [];

    public async Task<int> RunAsync(TextWriter output)
    {
        await using var server = await RedisServer.StartAsync();
        var gauge = new RedisGauge(server);
        using var stopping = new CancellationTokenSource();
        var link = new RedisLink(
            RedisSettings.Read(new RedisSection { Endpoints = [server.Endpoint] }), TimeProvider.System, NullLogger<RedisLink>.Instance);
        var keeping = link.KeepAsync(stopping.Token);
        var store = new RedisClassStore(link, "streaming");

        await WarmUpAsync(store);
        var rest = await gauge.CpuAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        output.WriteLine($"Redis at rest, watched by one node: {(await gauge.CpuAsync() - rest) / 3:P1} of a core");
        var classes = Classes(store, "class");
        string[] ids = [.. classes.Select(@class => @class.Id)];
        await Task.WhenAll(classes.Select(@class => @class.ClaimAsync()));
        await MeasureAsync(output, gauge, classes, "joins, one at a time", options.Joins, batch: 1, options.Classes * options.Students);
        var (viewBytes, afterJoins) = (await gauge.BytesAsync(ids, "view"), await gauge.BytesAsync(ids, "ledger"));
        await MeasureAsync(output, gauge, classes, "drops and returns, one at a time", options.Transitions, batch: 1, options.Transitions * options.Seconds);
        await MeasureAsync(output, gauge, classes, "drops and returns, batches of 20", options.Transitions, batch: 20, options.Transitions * options.Seconds);
        var entries = await gauge.EntriesAsync(ids);
        output.WriteLine($"memory: {viewBytes / (options.Classes * options.Students):0} bytes of view per member present, "
            + $"{afterJoins / (options.Classes * options.Students):0} bytes of ledger per join, {await gauge.BytesAsync(ids, "ledger") / entries:0} per entry over all");

        await gauge.ComparePlainAsync(output);
        await stopping.CancelAsync();
        await keeping;
        return 0;
    }

    private StoreClass[] Classes(RedisClassStore? store, string name) =>
        [.. Enumerable.Range(0, options.Classes).Select(i => new StoreClass(store, $"{name}-{i}", options.Students))];

    private async Task WarmUpAsync(RedisClassStore store)
    {
        var classes = Classes(store, "warm-up");
        await Task.WhenAll(classes.Select(@class => @class.ClaimAsync()));
        for (var turn = 0; turn < 20; turn++)
        {
            await Task.WhenAll(classes.Select(@class => @class.AppendAsync(2)));
        }
    }

    private async Task MeasureAsync(TextWriter output, RedisGauge gauge, StoreClass[] classes, string what, int rate, int batch, int count)
    {
        _latencies.Clear();
        var idle = ProcessCpu.Seconds();
        await PaceAsync(Classes(store: null, "nowhere"), rate, batch, count);
        idle = ProcessCpu.Seconds() - idle;
        _latencies.Clear();
        var (redisBefore, before) = (await gauge.CpuAsync(), ProcessCpu.Seconds());
        var since = Stopwatch.StartNew();
        await PaceAsync(classes, rate, batch, count);
        var seconds = since.Elapsed.TotalSeconds;
        var (here, redis) = (ProcessCpu.Seconds() - before, await gauge.CpuAsync() - redisBefore);
        var appends = (double)_latencies.Count;
        _latencies.Sort();
        output.WriteLine($"{what}: {count / seconds:0} entries/s, p50 {At(0.5):0.00} ms, p99 {At(0.99):0.00} ms");
        output.WriteLine($"  Redis  {redis / seconds:P1} of a core: {redis / appends * 1e6:0.0} µs an append, {redis / count * 1e6:0.0} an entry");
        output.WriteLine($"  here   {here / seconds:P1} of a core, {idle / seconds:P1} of it the run itself: {(here - idle) / appends * 1e6:0.0} µs an append, {(here - idle) / count * 1e6:0.0} an entry");
    }

    private double At(double share) => _latencies[(int)(share * (_latencies.Count - 1))];

    private async Task PaceAsync(StoreClass[] classes, int rate, int batch, int count)
    {
        var since = Stopwatch.StartNew();
        var pending = new List<Task<double>>();
        for (var (sent, turn) = (0, 0); sent < count;)
        {
            var due = Math.Min(count, since.Elapsed.TotalSeconds * rate);
            while (sent + batch <= due + 0.5)
            {
                // The next class that is not waiting for its last batch; all waiting means that the rate is too high.
                var tried = 0;
                while (classes[turn % classes.Length].IsBusy && tried++ < classes.Length)
                {
                    turn++;
                }

                if (tried > classes.Length)
                {
                    break;
                }

                pending.Add(AppendAsync(classes[turn++ % classes.Length], batch));
                sent += batch;
            }

            _latencies.AddRange(pending.Where(task => task.IsCompleted).Select(task => task.Result));
            pending.RemoveAll(task => task.IsCompleted);
            if (count - sent < batch)
            {
                break;
            }

            await Task.Delay(Tick);
        }

        _latencies.AddRange(await Task.WhenAll(pending));
    }

    private static async Task<double> AppendAsync(StoreClass @class, int batch)
    {
        var since = Stopwatch.GetTimestamp();
        await @class.AppendAsync(batch);
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }
}
