using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Server;
using Streaming.Server.Attendance;
using Streaming.Server.Placement;
using Streaming.Server.Presence;
using Streaming.Server.Stores.Redis;

namespace Streaming.Benchmarks.Bell;

/// <summary>What a node keeps its ledgers with: the journal on the disk, the writer, the shipper and the link to Redis, as the server puts them together.</summary>
internal sealed class BellNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bell-");
    private readonly CancellationTokenSource _stopping = new();
    private readonly RedisLink _link;
    private readonly Task _keeping;
    private readonly WatchedStore _store;
    private readonly LedgerShipper _shipper;
    private readonly LedgerWriter _writer;

    private BellNode(string redis)
    {
        var time = TimeProvider.System;
        _link = new RedisLink(RedisSettings.Read(new RedisSection { Endpoints = [redis] }), time, NullLogger<RedisLink>.Instance);
        _keeping = _link.KeepAsync(_stopping.Token);
        _store = new WatchedStore(new RedisClassStore(_link, "streaming"), Shipped);
        Journal = new Journal(JournalFile);
        var nodes = new NodeDirectory("bell");
        _shipper = new LedgerShipper(_store, Journal, time, NullLogger<LedgerShipper>.Instance);
        _writer = new LedgerWriter(Journal, _shipper, [Durable], new LedgerHealth(), time, NullLogger<LedgerWriter>.Instance);
        var loader = new LedgerLoader(_store, Journal, _writer, nodes, new PresenceRules(TimeSpan.FromSeconds(15)), time);
        Books = new LedgerBooks(new ClassHomes(_store, nodes), loader, _writer, _shipper, _store, time, NullLogger<LedgerBooks>.Instance);
    }

    public LedgerBooks Books { get; }

    public Journal Journal { get; }

    /// <summary>From the command until the entry was on the disk.</summary>
    public Latencies Durable { get; } = new();

    /// <summary>From the command until the entry was in Redis.</summary>
    public Latencies Shipped { get; } = new();

    private string JournalFile => Path.Combine(_directory.FullName, "ledger.db");

    public static async Task<BellNode> StartAsync(string redis)
    {
        var node = new BellNode(redis);
        await node._shipper.StartAsync(CancellationToken.None);
        await node._writer.StartAsync(CancellationToken.None);
        return node;
    }

    /// <summary>Waits until all entries are on the disk, then until all are in Redis.</summary>
    /// <returns>How long each took.</returns>
    public async Task<(TimeSpan Durable, TimeSpan Shipped)> SettleAsync()
    {
        var since = Stopwatch.StartNew();
        await _writer.DoAsync(_ => { });
        var durable = since.Elapsed;
        while (_shipper.Waiting > 0)
        {
            await Task.Delay(1);
            if (since.Elapsed > Patience)
            {
                throw new TimeoutException($"{_shipper.Waiting} entries were not shipped in {Patience.TotalMinutes} minutes.");
            }
        }

        return (durable, since.Elapsed);
    }

    /// <summary>The entries of a class in Redis, whole.</summary>
    public Task<IReadOnlyList<LedgerEntry>> ReadSharedAsync(string classId) => _store.ReadAsync(classId, 0, int.MaxValue);

    /// <summary>Closes the journal, which moves all of its log into its file.</summary>
    /// <returns>The size of the file in bytes.</returns>
    public async Task<long> CloseAsync()
    {
        await _writer.StopAsync(CancellationToken.None);
        await _shipper.StopAsync(CancellationToken.None);
        Journal.Dispose();
        return new FileInfo(JournalFile).Length;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _writer.Dispose();
        _shipper.Dispose();
        await _stopping.CancelAsync();
        await _keeping;
        _stopping.Dispose();
        _directory.Delete(recursive: true);
    }
}
