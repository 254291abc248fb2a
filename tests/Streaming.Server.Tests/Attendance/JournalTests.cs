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
        ];
        using (var journal = new Journal(Path))
        {
            Assert.Null(journal.LastBeat);
            journal.Write([entries[1], entries[0], new LedgerEntry("art", 1, LedgerKind.Started, Bell, TimeSpan.Zero)], Bell);
            journal.Write([entries[2], entries[3]], Bell.AddSeconds(5));
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
    public void ABookGoesOnWhereTheFormerProcessLeftItAndSaysSinceWhenNobodyKeptIt()
    {
        var time = new ManualTime();
        var start = time.GetUtcNow();
        Run(time, (books, _) =>
        {
            books.Open("math").Append(start, new Happening(LedgerKind.Started));
            books.Open("math").Append(start, new Happening(LedgerKind.Joined, "ada", "web", Role.Student));
            books.Open("art").Append(start, new Happening(LedgerKind.Started));
        });
        time.Advance(TimeSpan.FromSeconds(30));
        Run(time, (books, _) =>
        {
            books.Open("math").Append(time.GetUtcNow(), new Happening(LedgerKind.Returned, "ada", "web", Role.Student));
            books.Open("art").Append(time.GetUtcNow(), new Happening(LedgerKind.Ended));
        });

        using var journal = new Journal(Path);
        var math = journal.Read("math");
        Assert.Equal([1, 2, 3, 4], math.Select(entry => entry.Sequence));
        Assert.Equal((LedgerKind.Interrupted, start, start.AddSeconds(30)), (math[2].Kind, math[2].Since, math[2].At));
        Assert.Equal([LedgerKind.Started, LedgerKind.Ended], journal.Read("art").Select(entry => entry.Kind));
    }

    [Fact]
    public void AFileThatIsNoLedgerIsNamedSoAndLeftAlone()
    {
        File.WriteAllText(Path, new string('x', 4_096));

        Assert.Equal("The file is damaged.", LedgerHealth.Describe(Assert.Throws<SqliteException>(() => new Journal(Path))));
        Assert.Equal(new string('x', 4_096), File.ReadAllText(Path));
    }

    [Fact]
    public void WhileTheDiskRefusesEntriesWaitAndHealthSaysSo()
    {
        var time = new ManualTime();
        Run(time, (books, health) =>
        {
            using (var another = new SqliteConnection($"Data Source={Path};Pooling=False;Default Timeout=1"))
            {
                another.Open();
                using var hold = another.BeginTransaction();
                books.Open("math").Append(time.GetUtcNow(), new Happening(LedgerKind.Started));
                Eventually(() => health.Check() is { State: HealthState.Degraded, Detail: { } detail } && detail.Contains("Another program", StringComparison.Ordinal));
            }

            Eventually(() =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return health.Check().State == HealthState.Ok;
            });
        });

        using var journal = new Journal(Path);
        Assert.Single(journal.Read("math"));
    }

    private static void Eventually(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(() => { Thread.Sleep(10); return condition(); }, TimeSpan.FromSeconds(60)));

    private void Run(ManualTime time, Action<LedgerBooks, LedgerHealth> act)
    {
        using var journal = new Journal(Path);
        var health = new LedgerHealth();
        using var writer = new LedgerWriter(journal, health, time, NullLogger<LedgerWriter>.Instance);
        writer.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        act(new LedgerBooks(journal, writer, time), health);
        writer.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
    }
}
