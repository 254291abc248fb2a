using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Telemetry;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Attendance;

public sealed class JournalTests : IDisposable
{
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("journal");

    private string Path => System.IO.Path.Combine(_directory.FullName, "ledger.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void WhatWasWrittenIsReadAgainWholeAndInOrder()
    {
        LedgerEntry[] entries =
        [
            new("math", 1, LedgerKind.Joined, Bell.AddTicks(7), new TimeSpan(9), "ada", "web", Role.Student),
            new("math", 2, LedgerKind.Media, Bell, TimeSpan.Zero, "ada", "web", Role.Student, Facts: MediaFacts.Sound | MediaFacts.Hidden),
            new("math", 3, LedgerKind.Dropped, Bell, TimeSpan.Zero, "ada", "web", Role.Student, LedgerCause.ConnectionLost),
            new("math", 4, LedgerKind.Interrupted, Bell, TimeSpan.Zero, Since: Bell.AddSeconds(-3)),
            new("math", 5, LedgerKind.CheckAsked, Bell, TimeSpan.Zero, Number: 60),
        ];
        using (var journal = new Journal(Path))
        {
            Assert.Null(journal.LastBeat);
            journal.Write([entries[1], entries[0], new LedgerEntry("art", 1, LedgerKind.Started, Bell, TimeSpan.Zero)], Bell);
            journal.Write([entries[2], entries[3], entries[4]], Bell.AddSeconds(5));
        }

        using var again = new Journal(Path);
        Assert.Equal(entries, again.Read("math"));
        Assert.Equal([entries[2]], again.Read("math", after: 2, limit: 1));
        Assert.Empty(again.Read("physics"));
        Assert.Equal(Bell.AddSeconds(5), again.LastBeat);
    }

    [Fact]
    public void AnEntryWrittenTwiceIsThereOnce()
    {
        using var journal = new Journal(Path);
        var entry = new LedgerEntry("math", 1, LedgerKind.Started, Bell, TimeSpan.Zero);
        journal.Write([entry], Bell);
        journal.Write([entry, entry with { Kind = LedgerKind.Ended }], Bell);

        Assert.Equal([entry], journal.Read("math"));
    }

    [Fact]
    public async Task ABookGoesOnWhereTheFormerProcessLeftItAndSaysSinceWhenNobodyKeptIt()
    {
        var time = new ManualTime();
        var start = time.GetUtcNow();
        await using (var desk = await LedgerDesk.OpenAsync(Path, time))
        {
            var (math, art) = (await desk.BookAsync("math"), await desk.BookAsync("art"));
            math.Append(start, new Happening(LedgerKind.Started));
            math.Append(start, new Happening(LedgerKind.Joined, "ada", "web", Role.Student));
            art.Append(start, new Happening(LedgerKind.Started));
        }

        time.Advance(TimeSpan.FromSeconds(30));
        await using (var desk = await LedgerDesk.OpenAsync(Path, time))
        {
            var (math, art) = (await desk.BookAsync("math"), await desk.BookAsync("art"));
            Assert.Equal(PresenceState.Unstable, math.View.At(time.GetUtcNow(), "ada")!.State);
            math.Append(time.GetUtcNow(), new Happening(LedgerKind.Returned, "ada", "web", Role.Student));
            art.Append(time.GetUtcNow(), new Happening(LedgerKind.Ended));
        }

        using var journal = new Journal(Path);
        var entries = journal.Read("math");
        Assert.Equal([1, 2, 3, 4, 5], entries.Select(entry => entry.Sequence));
        Assert.Equal((LedgerKind.Interrupted, start, start.AddSeconds(30)), (entries[3].Kind, entries[3].Since, entries[3].At));
        Assert.Equal(
            [LedgerKind.Opened, LedgerKind.Started, LedgerKind.Opened, LedgerKind.Ended], journal.Read("art").Select(entry => entry.Kind));
    }

    /// <summary>Monotonic offsets begin anew with every process: the clock must, too, also when nobody was in the class.</summary>
    [Fact]
    public async Task ALessonOnTheNextDayHasItsOwnTimes()
    {
        var time = new ManualTime();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await using var desk = await LedgerDesk.OpenAsync(Path, time);
            var book = await desk.BookAsync("math");
            book.Append(time.GetUtcNow(), new Happening(LedgerKind.Started));
            time.Advance(TimeSpan.FromMinutes(40));
            book.Append(time.GetUtcNow(), new Happening(LedgerKind.Ended));
            book.Mark(time.GetUtcNow(), new Happening(LedgerKind.Closed));
            await desk.Books.RestAsync("math");
            time.Advance(TimeSpan.FromDays(1));
        }

        using var journal = new Journal(Path);
        var sheets = AttendanceSheet.Read(journal.Read("math"), AttendanceRules.Default, time.GetUtcNow());
        Assert.Equal([TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(40)], sheets.Select(sheet => sheet.EndedAt!.Value - sheet.StartedAt));
        Assert.Equal(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(40), sheets[1].StartedAt - sheets[0].StartedAt);
    }

    [Fact]
    public async Task AClassThatRestedIsReadFromWhereItRested()
    {
        var time = new ManualTime();
        await using var desk = await LedgerDesk.OpenAsync(Path, time);
        var book = await desk.BookAsync("math");
        book.Append(time.GetUtcNow(), new Happening(LedgerKind.Joined, "ghost", "web", Role.Student));   // what a reader from the beginning would find
        book.Mark(time.GetUtcNow(), new Happening(LedgerKind.Closed));
        await desk.Books.RestAsync("math");

        var again = await desk.BookAsync("math");
        Assert.NotSame(book, again);
        Assert.Empty(again.View.Members);
        await desk.WrittenAsync();
        Assert.Equal(4, again.LastSequence);
        Assert.Equal(LedgerKind.Opened, desk.Journal.Read("math")[^1].Kind);
    }

    [Fact]
    public async Task ABookThatIsOpenedAgainWhileItIsPutAwayStaysOpen()
    {
        var time = new ManualTime();
        await using var desk = await LedgerDesk.OpenAsync(Path, time);
        var book = await desk.BookAsync("math");
        var resting = desk.Books.RestAsync("math");
        var again = await desk.BookAsync("math");
        await resting;

        again.Append(time.GetUtcNow(), new Happening(LedgerKind.Started));
        await desk.WrittenAsync();
        Assert.Equal(Enumerable.Range(1, (int)again.LastSequence).Select(n => (long)n), desk.Journal.Read("math").Select(entry => entry.Sequence));
        Assert.Same(again, await desk.BookAsync("math"));
        Assert.NotNull(book);
    }

    [Fact]
    public async Task WhatIsErasedIsGoneAndThatItWasErasedStays()
    {
        var time = new ManualTime();
        await using var desk = await LedgerDesk.OpenAsync(Path, time);
        var book = await desk.BookAsync("math");
        book.Append(time.GetUtcNow(), new Happening(LedgerKind.Joined, "ada", "phone", Role.Student, Name: "Ada"));
        book.Append(time.GetUtcNow(), new Happening(LedgerKind.Joined, "bo", "web", Role.Student, Name: "Bo"));
        book.Append(time.GetUtcNow(), new Happening(LedgerKind.Left, "ada", "phone", Role.Student, LedgerCause.Asked));
        var eraser = new LedgerEraser(desk.Writer, desk.Books, desk.Store, time);

        await eraser.EraseAsync(book, new EraseMember("ada"));
        var entries = desk.Journal.Read("math");
        Assert.Equal([1, 2, 3, 4, 5], entries.Select(entry => entry.Sequence));
        Assert.StartsWith("erased-", entries[1].Member, StringComparison.Ordinal);
        Assert.Equal((entries[1].Member, "device-1", null), (entries[3].Member!, entries[3].Device!, entries[1].Name));
        Assert.Equal("Bo", entries[2].Name);

        await eraser.EraseAsync(book, new EraseUntil(3, LedgerCause.Retention));
        Assert.Equal(
            [(4L, LedgerKind.Left), (5L, LedgerKind.Erased), (6L, LedgerKind.Erased)],
            desk.Journal.Read("math").Select(entry => (entry.Sequence, entry.Kind)));
        Assert.Equal(6, desk.Journal.LastSequence("math"));
    }

    [Fact]
    public void AFileOfTheFirstReleaseIsReadAndGoesOn()
    {
        using (var old = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            old.Open();
            using var make = old.CreateCommand();
            make.CommandText = $"""
                PRAGMA journal_mode = WAL;
                CREATE TABLE ledger (
                  class TEXT NOT NULL, sequence INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, offset INTEGER NOT NULL,
                  member TEXT, device TEXT, role INTEGER, cause INTEGER NOT NULL, facts INTEGER NOT NULL, since INTEGER, name TEXT,
                  PRIMARY KEY (class, sequence)) WITHOUT ROWID, STRICT;
                INSERT INTO ledger VALUES ('math', 1, 10, {Bell.UtcTicks}, 5, 'ada', 'web', 1, 0, 0, NULL, 'Ada');
                """;
            make.ExecuteNonQuery();
        }

        LedgerEntry[] entries =
        [
            new("math", 1, LedgerKind.Joined, Bell, new TimeSpan(5), "ada", "web", Role.Student, Name: "Ada"),
            new("math", 2, LedgerKind.CheckAsked, Bell, TimeSpan.Zero, Number: 60),
        ];
        using (var journal = new Journal(Path))
        {
            journal.Write([entries[1]], Bell);
        }

        using var again = new Journal(Path);
        Assert.Equal(entries, again.Read("math"));
    }

    [Fact]
    public void AFileThatIsNoLedgerIsNamedSoAndLeftAlone()
    {
        File.WriteAllText(Path, new string('x', 4_096));

        Assert.Equal("The file is damaged.", LedgerHealth.Describe(Assert.Throws<SqliteException>(() => new Journal(Path))));
        Assert.Equal(new string('x', 4_096), File.ReadAllText(Path));
    }

    [Fact]
    public async Task WhileTheDiskRefusesEntriesWaitAndHealthSaysSo()
    {
        var time = new ManualTime();
        await using (var desk = await LedgerDesk.OpenAsync(Path, time))
        {
            var (book, health) = (await desk.BookAsync("math"), desk.Health);
            await desk.WrittenAsync();
            using (var another = new SqliteConnection($"Data Source={Path};Pooling=False;Default Timeout=1"))
            {
                another.Open();
                using var hold = another.BeginTransaction();
                book.Append(time.GetUtcNow(), new Happening(LedgerKind.Started));
                Eventually(() => health.Check() is { State: HealthState.Degraded, Detail: { } detail } && detail.Contains("Another program", StringComparison.Ordinal));
            }

            Eventually(() =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return health.Check().State == HealthState.Ok;
            });
        }

        using var journal = new Journal(Path);
        Assert.Equal([LedgerKind.Opened, LedgerKind.Started], journal.Read("math").Select(entry => entry.Kind));
    }

    private static void Eventually(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(() => { Thread.Sleep(10); return condition(); }, TimeSpan.FromSeconds(60)));
}
