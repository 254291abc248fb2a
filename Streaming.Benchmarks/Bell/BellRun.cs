using System.Diagnostics;
using Streaming.Benchmarks.Runs;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Benchmarks.Bell;

/// <summary>
/// A city's bell and its lessons through all of the people's half but the sockets: state machines, messages, ledgers, the journal on the disk, and a
/// real Redis.
/// </summary>
/// <remarks>
/// <para>
/// The CPU of Redis is what Redis says of itself (INFO cpu, its kernel's time included), that of this process the system's count. Nothing is
/// subtracted; what the run itself costs is told beside it, by the same run that does nothing with its commands.
/// </para>
/// <para>What is not in it: the hub and its connections, each class's inbox and timer.</para>
/// </remarks>
internal sealed class BellRun(BellOptions options)
{
    private int Members => options.Classes * options.Students;

    public async Task<int> RunAsync(TextWriter output)
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await BellNode.StartAsync(server.Endpoint);
        var gauge = new RedisGauge(server);
        var phase = new BellPhase(output, node, gauge, options.Threads);
        output.WriteLine($"{options.Classes} classes of {options.Students}; load of the machine {await LoadAsync()}");
        await WarmUpAsync(node);

        var before = await gauge.MemoryAsync();
        var opening = Stopwatch.StartNew();
        var (classes, nowhere) = (await OpenAsync(node, "class"), Classes("nowhere"));
        output.WriteLine($"classes claimed, opened, and begun: {options.Classes} in {opening.Elapsed.TotalSeconds:0.00} s");
        await phase.MeasureAsync(classes, "joins", "join", Members, options.Joins, nowhere);
        string[] ids = [.. classes.Select(@class => @class.Id)];
        var (view, all) = (await gauge.BytesAsync(ids, "view"), await gauge.MemoryAsync() - before);
        await phase.MeasureAsync(classes, "drops and returns", "transition", options.Transitions * options.Seconds, options.Transitions, nowhere);
        var (ledger, entries) = (await gauge.BytesAsync(ids, "ledger"), classes.Sum(@class => @class.LastSequence));
        output.WriteLine($"memory of Redis: {view / (Members + options.Classes):0} bytes of view per member present, {ledger / entries:0} per entry of the ledger; "
            + $"after the joins {all / (Members + options.Classes):0} per member in all");

        var others = await OpenAsync(node, "other");
        await phase.MeasureAsync(others, "joins", "join", Members, rate: null);
        await phase.MeasureAsync(others, "drops and returns", "transition", options.Transitions * options.Seconds, rate: null);
        await gauge.ComparePlainAsync(output);
        output.WriteLine($"load of the machine {await LoadAsync()}");
        var isWhole = await ProveAsync(output, node, [.. classes, .. others]);
        var written = node.Durable.Total;
        output.WriteLine($"journal: {await node.CloseAsync() / (double)written:0} bytes on the disk per entry, {written} entries");
        return isWhole ? 0 : 1;
    }

    private async Task WarmUpAsync(BellNode node)
    {
        var driver = new BellDriver(await OpenAsync(node, "warm-up"), options.Threads);
        await driver.DriveAsync(Members + 20_000, rate: null);
        await driver.DriveAsync(options.Transitions * 3, options.Transitions);
        await new BellDriver(Classes("nowhere"), options.Threads).DriveAsync(Members, rate: null);
        await node.SettleAsync();
    }

    private async Task<BellClass[]> OpenAsync(BellNode node, string name)
    {
        var classes = Classes(name);
        await Task.WhenAll(classes.Select(@class => @class.OpenAsync(node.Books)));
        await node.SettleAsync();
        return classes;
    }

    private BellClass[] Classes(string name) =>
        [.. Enumerable.Range(0, options.Classes).Select(i => new BellClass($"{name}-{i}", options.Students))];

    /// <summary>Whether every entry stands in Redis and in the journal, once, in its place, and alike.</summary>
    private static async Task<bool> ProveAsync(TextWriter output, BellNode node, BellClass[] classes)
    {
        var entries = 0L;
        foreach (var @class in classes)
        {
            var (shared, local) = (await node.ReadSharedAsync(@class.Id), node.Journal.Read(@class.Id));
            if (shared.Count != @class.LastSequence || !shared.SequenceEqual(local) || shared.Where((entry, i) => entry.Sequence != i + 1).Any())
            {
                output.WriteLine($"WRONG: class {@class.Id} appended {@class.LastSequence} entries; Redis has {shared.Count}, the journal {local.Count}, or not the same.");
                return false;
            }

            entries += shared.Count;
        }

        output.WriteLine($"ledger: {entries} entries of {classes.Length} classes, each once and in its place, in Redis as in the journal");
        return true;
    }

    private static async Task<string> LoadAsync() => string.Join(' ', (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[..3]);
}
