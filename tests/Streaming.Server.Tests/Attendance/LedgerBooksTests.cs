using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Placement;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Local;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Attendance;

/// <summary>Two nodes with a journal each, and one store between them.</summary>
public sealed class LedgerBooksTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("books");
    private readonly ManualTime _time = new();
    private Journal _shared = null!;
    private SwitchedStore _store = null!;
    private LedgerDesk _a = null!;
    private LedgerDesk _b = null!;

    public async Task InitializeAsync()
    {
        _shared = new Journal(Path("store.db"));
        _store = new SwitchedStore(new LocalClassStore(_shared, _time), isShared: true);
        _a = await OpenAsync("a");
        _b = await OpenAsync("b");
        await BeatAsync(_a, _b);
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _shared.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task AClassLivesOnTheNodeThatOpenedItAndTheOtherSaysWhere()
    {
        var book = await _a.BookAsync("math");
        Join(book, "ada");

        Assert.Equal(new SettledBook(null, "http://a.example"), await _b.Books.SettleAsync("math"));
        Assert.Equal("http://a.example", await _b.Homes.FindElsewhereAsync("math"));
        Assert.Null(await _a.Homes.FindElsewhereAsync("math"));
        await _a.ShippedAsync();
        Assert.Equal(_a.Journal.Read("math"), await SharedAsync());
    }

    [Fact]
    public async Task WhenItsNodeDiesAClassGoesOnAtTheOtherWithItsPeopleAndTheGapIsUnknown()
    {
        Join(await _a.BookAsync("math"), "ada");
        await _a.ShippedAsync();
        var beaten = _time.GetUtcNow().AddSeconds(5);
        _time.Advance(TimeSpan.FromSeconds(5));
        await BeatAsync(_a, _b);
        _time.Advance(NodeLease.Life + TimeSpan.FromSeconds(1));
        await BeatAsync(_b);

        var taken = await _b.BookAsync("math");
        Assert.Equal(PresenceState.Unstable, taken.View.At(_time.GetUtcNow(), "ada")!.State);
        Assert.Equal("Ada", taken.View.Members[0].Name);
        await _b.ShippedAsync();
        var entries = await SharedAsync();
        Assert.Equal([1, 2, 3], entries.Select(entry => entry.Sequence));
        Assert.Equal((LedgerKind.Interrupted, beaten, _time.GetUtcNow()), (entries[2].Kind, entries[2].Since!.Value, entries[2].At));
    }

    [Fact]
    public async Task WhatAPausedNodeWritesTooLateIsRefusedAndKeptAside()
    {
        var former = await _a.BookAsync("math");
        Join(former, "ada");
        await _a.ShippedAsync();
        _time.Advance(NodeLease.Life + TimeSpan.FromSeconds(1));
        await BeatAsync(_b);
        var taken = await _b.BookAsync("math");
        Join(taken, "bo");
        await _b.ShippedAsync();
        var shared = await SharedAsync();

        Join(former, "late");                       // the paused node goes on, and does not know
        await _a.WrittenAsync();
        await EventuallyAsync(() => _a.Lost.Count == 1);
        Assert.Equal(["math"], _a.Lost);
        Assert.Equal(shared, await SharedAsync());
        await EventuallyAsync(() => _a.Journal.CountRefused() == 1);
        Assert.Equal(2, _a.Journal.LastSequence("math"));
        Assert.Equal(1, _a.Books.SetAside);

        // And it finds its way back into the class's one story.
        await BeatAsync(_a);
        Assert.Equal("http://b.example", (await _a.Books.SettleAsync("math")).Elsewhere);
        await _b.Books.RestAsync("math");
        var again = await _a.BookAsync("math");
        await _a.ShippedAsync();
        Assert.Equal(Enumerable.Range(1, (int)again.LastSequence).Select(n => (long)n), (await SharedAsync()).Select(entry => entry.Sequence));
        Assert.Equal(await SharedAsync(), _a.Journal.Read("math"));
    }

    [Fact]
    public async Task WhileTheStoreIsAwayTheLessonGoesOnAndEverythingArrivesWhenItIsBack()
    {
        var book = await _a.BookAsync("math");
        Join(book, "ada");
        await _a.ShippedAsync();
        _store.IsAway = true;
        for (var i = 0; i < 2_500; i++)
        {
            Join(book, $"s{i}");
        }

        await _a.WrittenAsync();
        await EventuallyAsync(() => _a.Shipper.IsFailing);
        Assert.Equal(2_500, _a.Shipper.Waiting);

        _store.IsAway = false;
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _a.Shipper.Waiting == 0;
        });
        Assert.False(_a.Shipper.IsFailing);
        Assert.Equal(_a.Journal.Read("math"), await SharedAsync());
    }

    [Fact]
    public async Task AClassCanBeOpenedWhileTheStoreIsAwayOnTheNodeThatAllAgreeOn()
    {
        _store.IsAway = true;
        var settled = new[] { await _a.Books.SettleAsync("math"), await _b.Books.SettleAsync("math") };
        var here = Array.FindIndex(settled, book => book.Ledger is not null);
        Assert.Equal(here == 0 ? "http://a.example" : "http://b.example", settled[1 - here].Elsewhere);
        Join(settled[here].Ledger!, "ada");

        _store.IsAway = false;
        var desk = here == 0 ? _a : _b;
        await desk.WrittenAsync();
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return desk.Shipper.Waiting == 0;
        });
        Assert.Equal(["Opened", "Joined"], (await SharedAsync()).Select(entry => entry.Kind.ToString()));
        Assert.NotNull(desk.Books.EpochOf("math"));
    }

    [Fact]
    public async Task WhatAFormerProcessLeftUnshippedIsShippedWhenItsClassIsOpenedAgain()
    {
        var book = await _a.BookAsync("math");
        await _a.ShippedAsync();
        _store.IsAway = true;
        Join(book, "ada");
        await _a.DisposeAsync();
        _store.IsAway = false;

        _a = await OpenAsync("a");
        Assert.Equal(["math"], _a.Journal.Unshipped());
        await BeatAsync(_a);
        await _a.Books.RecoverAsync("math", CancellationToken.None);
        await _a.ShippedAsync();
        Assert.Equal([LedgerKind.Opened, LedgerKind.Joined], (await SharedAsync()).Select(entry => entry.Kind));

        await _a.BookAsync("math");
        await _a.ShippedAsync();
        Assert.Equal([LedgerKind.Opened, LedgerKind.Joined, LedgerKind.Interrupted], (await SharedAsync()).Select(entry => entry.Kind));
    }

    [Fact]
    public async Task ANodeWhoseLeaseHadLapsedFindsOutWhichClassesItHasLostThoughNothingHappensInThem()
    {
        await _a.BookAsync("math");
        await _a.BookAsync("art");
        await _a.ShippedAsync();
        _time.Advance(NodeLease.Life + TimeSpan.FromSeconds(1));
        await BeatAsync(_b);
        await _b.BookAsync("math");

        await BeatAsync(_a, _b);
        await _a.Books.VerifyAsync(CancellationToken.None);
        Assert.Equal(["math"], _a.Lost);
        Assert.Equal(["art"], _a.Books.Open);
    }

    [Fact]
    public async Task WhileNobodyCanTellWhereAClassIsItIsNotGivenUp()
    {
        var id = await RankedAsync("b");
        _store.IsAway = true;
        _a.Nodes.Live = [];
        var book = (await _a.Books.SettleAsync(id)).Ledger!;
        _a.Nodes.Live = [_a.Nodes.Me, _b.Nodes.Me];   // the store answered for a moment
        Join(book, "ada");
        await _a.WrittenAsync();
        await EventuallyAsync(() => _a.Shipper.IsFailing);
        Assert.Empty(_a.Lost);
        Assert.Equal(0, _a.Books.SetAside);
        Assert.Same(book, (await _a.Books.SettleAsync(id)).Ledger);

        _store.IsAway = false;
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _a.Shipper.Waiting == 0;
        });
        Assert.Equal(2, (await _store.ReadAsync(id, 0, 10)).Count);
    }

    [Fact]
    public async Task WhatAFormerProcessLeftIsNotForgottenWhenTheStoreIsAwayAtTheStart()
    {
        _store.IsAway = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _a.Books.RecoverAsync("math", CancellationToken.None));
    }

    [Fact]
    public async Task AStoreThatLostEverythingIsToldWhatIsThereThoughAnotherNodeWroteTheMiddle()
    {
        await TeachAsync(_a, "ada");
        await TeachAsync(_b, "bo");
        var book = await _a.BookAsync("math");
        Join(book, "cy");
        await _a.ShippedAsync();
        var kept = _a.Journal.Read("math").Select(entry => entry.Sequence).ToArray();

        using var empty = new Journal(Path("empty.db"));
        _store.Inner = new LocalClassStore(empty, _time);
        await BeatAsync(_a, _b);
        Join(book, "dan");
        await _a.WrittenAsync();
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _a.Shipper.Waiting == 0;
        });
        Assert.Equal([.. kept, book.LastSequence], (await SharedAsync()).Select(entry => entry.Sequence));
        Assert.Empty(_a.Lost);
        Assert.Equal(0, _a.Books.SetAside);
        _store.Inner = new LocalClassStore(_shared, _time);
    }

    [Fact]
    public async Task ErasingReachesTheSharedLedgerToo()
    {
        var book = await _a.BookAsync("math");
        Join(book, "ada");
        await new LedgerEraser(_a.Writer, _a.Books, _store, TimeProvider.System).EraseAsync(book, new EraseMember("ada"));

        Assert.DoesNotContain(await SharedAsync(), entry => entry.Member == "ada" || entry.Name == "Ada");
        Assert.Equal(_a.Journal.Read("math"), await SharedAsync());
    }

    /// <summary>A class that ranks highest on a node while the store is away.</summary>
    private async Task<string> RankedAsync(string node)
    {
        await BeatAsync(_a, _b);
        return Enumerable.Range(0, 100).Select(n => $"class-{n}")
            .First(id => _a.Homes.Provisional(id) is HereUnclaimed == (node == "a"));
    }

    /// <summary>One comes to a class on a node and goes, and the class closes there.</summary>
    private async Task<Ledger> TeachAsync(LedgerDesk desk, string member)
    {
        var book = await desk.BookAsync("math");
        Join(book, member);
        book.Mark(_time.GetUtcNow(), new Happening(LedgerKind.Left, member, "web", Role.Student, LedgerCause.Asked));
        book.Mark(_time.GetUtcNow(), new Happening(LedgerKind.Closed));
        await desk.ShippedAsync();
        await desk.Books.RestAsync("math");
        return book;
    }

    [Fact]
    public async Task ALessonThatBeganWhileTheStoreWasAwayCountsThoughAnotherNodeHadTheClassBefore()
    {
        await TeachAsync(_a, "ada");
        await TeachAsync(_b, "bo");
        var before = await SharedAsync();
        _time.Advance(TimeSpan.FromDays(1));
        _store.IsAway = true;
        _a.Nodes.Live = [];
        var book = await _a.BookAsync("math");
        Join(book, "cy");
        Join(book, "dan");
        await _a.WrittenAsync();

        _store.IsAway = false;
        await BeatAsync(_a, _b);
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _a.Lost.Count == 1;
        });
        Join(book, "late");   // the class does not know yet that it is opened anew
        await _a.ShippedAsync();
        var after = await SharedAsync();
        Assert.Equal(before, after.Take(before.Count));
        Assert.Equal([null, "cy", "dan"], after.Skip(before.Count).Select(entry => entry.Member));
        Assert.Equal(Enumerable.Range(1, after.Count).Select(n => (long)n), after.Select(entry => entry.Sequence));
        Assert.Equal(0, _a.Books.SetAside);
        Assert.Equal(["cy", "dan"], (await _a.BookAsync("math")).View.Members.Select(member => member.Id));
    }

    [Fact]
    public async Task AClassIsOpenedThoughTheDiskRefuses()
    {
        await TeachAsync(_a, "ada");
        using var holder = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path("b.db")};Pooling=False");
        holder.Open();
        using var held = holder.BeginTransaction(deferred: false);
        var opening = _b.BookAsync("math");
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return opening.IsCompleted;
        });
        Assert.Equal(5, (await opening).LastSequence);

        held.Rollback();
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _b.Writer.Waiting == 0 && _b.Shipper.Waiting == 0;
        });
        Assert.Equal(await SharedAsync(), [.. (await SharedAsync()).Take(4), .. _b.Journal.Read("math")]);
    }

    [Fact]
    public async Task AnEmptyClassIsGivenBackThoughItsLastEntryIsStillOnItsWay()
    {
        var book = await _a.BookAsync("math");
        await _a.ShippedAsync();
        var way = new TaskCompletionSource();
        _store.Way = way.Task;
        book.Mark(_time.GetUtcNow(), new Happening(LedgerKind.Closed));
        var resting = _a.Books.RestAsync("math");
        await _a.WrittenAsync();
        way.SetResult();
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return resting.IsCompleted;
        });
        Assert.Equal("", (await _store.HomeAsync("math"))!.Node);
        Assert.Equal(2, (await SharedAsync()).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ErasingOnANodeThatNeverHadTheClassErasesAllTheSame(bool everything)
    {
        await TeachAsync(_a, "ada");
        _time.Advance(TimeSpan.FromDays(1));
        var book = await _b.BookAsync("math");
        await _b.WrittenAsync();
        var erasure = new EraseBefore(everything ? null : _time.GetUtcNow().AddHours(-1), LedgerCause.Asked);
        await new LedgerEraser(_b.Writer, _b.Books, _store, TimeProvider.System).EraseAsync(book, erasure);

        var left = await SharedAsync();
        Assert.DoesNotContain(left, entry => entry.Member == "ada");
        Assert.Equal((LedgerKind.Erased, everything ? 5L : 4L), (left[^1].Kind, left[^1].Number!.Value));
    }

    private string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    private Task<LedgerDesk> OpenAsync(string node) => LedgerDesk.OpenAsync(Path($"{node}.db"), _time, _store, node);

    private async Task BeatAsync(params LedgerDesk[] desks)
    {
        foreach (var desk in desks)
        {
            await _store.BeatAsync(desk.Nodes.Me, NodeLease.Life);
        }

        foreach (var desk in desks)
        {
            desk.Nodes.Live = await _store.NodesAsync();
        }
    }

    private void Join(Ledger book, string member) =>
        book.Mark(_time.GetUtcNow(), new Happening(LedgerKind.Joined, member, "web", Role.Student, Name: char.ToUpperInvariant(member[0]) + member[1..]));

    private Task<IReadOnlyList<LedgerEntry>> SharedAsync() => _store.ReadAsync("math", 0, 10_000);

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        for (var i = 0; !holds(); i++)
        {
            Assert.True(i < 3_000, "It did not happen within 30 s.");
            await Task.Delay(10);
        }
    }
}
