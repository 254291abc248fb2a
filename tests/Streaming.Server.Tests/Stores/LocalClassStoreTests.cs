using Streaming.Server.Attendance;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Local;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Stores;

public sealed class LocalClassStoreTests : ClassStoreContract, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("store-");
    private readonly ManualTime _time = new();
    private Journal _journal;
    private LocalClassStore _store;

    public LocalClassStoreTests() => (_journal, _store) = Open();

    private protected override IClassStore Store => _store;

    public void Dispose()
    {
        _journal.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task ANodeThatStartsAgainKnowsLedgerViewAndDocuments()
    {
        var epoch = await ClaimAsync("a");
        await _store.AppendAsync(Class, epoch, [Entry(1, LedgerKind.Joined, "ada"), Entry(2, LedgerKind.Dropped, "ada")]);
        await _store.PutDocumentAsync(Class, "roll", "{}", epoch);
        _journal.Dispose();
        (_journal, _store) = Open();

        Assert.Equal("{}", await _store.DocumentAsync(Class, "roll"));
        Assert.Equal([("ada", false)], (await _store.PresentAsync(Class)).Select(device => (device.Member, device.IsConnected)));
        Assert.Null(await _store.HomeAsync(Class));
        Assert.Equal(2, (await _store.ClaimAsync(Class, "a", epoch)).LastSequence);
    }

    [Fact]
    public async Task WhatTheLedgersWriterWroteIsNotWrittenAgain()
    {
        var epoch = await ClaimAsync("a");
        _journal.Write(Entries(1, 4), _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(new AppendReply(AppendOutcome.Done, 4), await _store.AppendAsync(Class, epoch, Entries(1, 3)));
        _journal.Dispose();
        (_journal, _store) = Open();

        Assert.Equal(_time.GetUtcNow().AddSeconds(-5), _journal.LastBeat);   // a write would have noted the time
        Assert.Equal(Entries(1, 4), _journal.Read(Class));
    }

    [Fact]
    public async Task AnUnusableFileIsSaidToBeUnavailable()
    {
        var epoch = await ClaimAsync("a");
        using var another = new Microsoft.Data.Sqlite.SqliteConnection($"{_journal.Source};Pooling=False");
        another.Open();
        using (another.BeginTransaction())
        {
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.AppendAsync(Class, epoch, Entries(1, 1)));
            Assert.Contains("Another program holds the file.", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(new AppendReply(AppendOutcome.Done, 1), await _store.AppendAsync(Class, epoch, Entries(1, 1)));
    }

    private protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    private (Journal Journal, LocalClassStore Store) Open()
    {
        var journal = new Journal(Path.Combine(_directory.FullName, "ledger.db"));
        return (journal, new LocalClassStore(journal, _time));
    }
}
