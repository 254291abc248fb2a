using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Server.Attendance;
using Streaming.Server.Placement;
using Streaming.Server.Presence;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Local;

namespace Streaming.Server.Tests.Support;

/// <summary>What one process keeps its ledgers with, without the rest of a server.</summary>
internal sealed class LedgerDesk : IAsyncDisposable
{
    private LedgerDesk(string path, TimeProvider time, IClassStore? store, string node)
    {
        Journal = new Journal(path);
        Store = store ?? new LocalClassStore(Journal, time);
        Nodes = new NodeDirectory(node);
        Health = new LedgerHealth();
        Shipper = new LedgerShipper(Store, Journal, time, NullLogger<LedgerShipper>.Instance);
        Writer = new LedgerWriter(Journal, Shipper, [], Health, time, NullLogger<LedgerWriter>.Instance);
        Homes = new ClassHomes(Store, Nodes);
        var loader = new LedgerLoader(Store, Journal, Writer, Nodes, new PresenceRules(TimeSpan.FromSeconds(15)), time);
        Books = new LedgerBooks(Homes, loader, Writer, Shipper, Store, time, NullLogger<LedgerBooks>.Instance);
        Books.Lost += Lost.Add;
    }

    public Journal Journal { get; }

    public IClassStore Store { get; }

    public NodeDirectory Nodes { get; }

    public LedgerHealth Health { get; }

    public LedgerShipper Shipper { get; }

    public LedgerWriter Writer { get; }

    public ClassHomes Homes { get; }

    public LedgerBooks Books { get; }

    public List<string> Lost { get; } = [];

    public static async Task<LedgerDesk> OpenAsync(string path, TimeProvider time, IClassStore? store = null, string node = "here")
    {
        var desk = new LedgerDesk(path, time, store, node);
        desk.Nodes.Me = desk.Nodes.Me with { Url = $"http://{node}.example" };
        await desk.Shipper.StartAsync(CancellationToken.None);
        await desk.Writer.StartAsync(CancellationToken.None);
        return desk;
    }

    /// <summary>The class's book, which must be kept here.</summary>
    public async Task<Ledger> BookAsync(string classId) => (await Books.SettleAsync(classId)).Ledger!;

    /// <summary>Waits until what was appended is on the disk.</summary>
    public Task WrittenAsync() => Writer.DoAsync(_ => { });

    /// <summary>Waits until what is on the disk is in the store, too.</summary>
    public async Task ShippedAsync()
    {
        await WrittenAsync();
        for (var i = 0; Shipper.Waiting > 0; i++)
        {
            Assert.True(i < 3_000, $"{Shipper.Waiting} entries are not shipped.");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Writer.StopAsync(CancellationToken.None);
        await Shipper.StopAsync(CancellationToken.None);
        Writer.Dispose();
        Shipper.Dispose();
        Journal.Dispose();
    }
}
