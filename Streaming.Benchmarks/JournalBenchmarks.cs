using System.Text;
using BenchmarkDotNet.Attributes;
using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Benchmarks;

/// <summary>One batch of ledger entries made durable, by the journal and by a plain file that is synced: what SQLite costs on top of the disk.</summary>
[MemoryDiagnoser]
[InvocationCount(32)]
[IterationCount(12)]
[WarmupCount(3)]
public class JournalBenchmarks
{
    private readonly List<LedgerEntry> _batch = [];
    private string _directory = "";
    private Journal _journal = null!;
    private FileStream _file = null!;
    private long _sequence;

    /// <summary>Entries written together: one class's drop, a class's bell, the busiest five milliseconds of a city's node.</summary>
    [Params(1, 45, 1_000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("journal").FullName;
        _journal = new Journal(Path.Combine(_directory, "ledger.db"));
        _file = new FileStream(Path.Combine(_directory, "ledger.log"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    [GlobalCleanup]
    public void Close()
    {
        _file.Dispose();
        _journal.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public void PlainFile()
    {
        var text = new StringBuilder();
        foreach (var entry in Next())
        {
            text.Append(entry.Class).Append(' ').Append(entry.Sequence).Append(' ').Append((int)entry.Kind).Append(' ').Append(entry.At.UtcTicks).Append(' ')
                .Append(entry.Offset.Ticks).Append(' ').Append(entry.Member).Append(' ').Append(entry.Device).Append('\n');
        }

        _file.Write(Encoding.UTF8.GetBytes(text.ToString()));
        _file.Flush(flushToDisk: true);
    }

    [Benchmark]
    public void Sqlite() => _journal.Write(Next(), DateTimeOffset.UnixEpoch);

    private List<LedgerEntry> Next()
    {
        _batch.Clear();
        for (var i = 0; i < Entries; i++)
        {
            _batch.Add(new LedgerEntry(
                $"class-{i % 400}", ++_sequence, LedgerKind.Dropped, DateTimeOffset.UnixEpoch, TimeSpan.Zero, $"student-{i}", "web-0123456789abcdef01234567",
                Role.Student, LedgerCause.ConnectionLost));
        }

        return _batch;
    }
}
