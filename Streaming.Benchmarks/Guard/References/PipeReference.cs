using System.Buffers;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>One object as JSON by the framework, and its bytes written into each of some plain pipes and taken out again: a hub's work without a hub.</summary>
internal sealed class PipeReference : Reference
{
    private const int Lines = 32;   // of what a hub keeps for a connection, about
    private readonly KeyBooks _books;
    private readonly BlockPool _pool = new();
    private readonly DrainedPipe[] _pipes;
    private readonly JsonReference _json = new(seats: 1);
    private long _number;

    public PipeReference(int pipes)
        : base(pipes == 1 ? "JSON of a record, written to a pipe" : $"JSON of a record, written to {pipes} pipes with {Lines} cache lines each")
    {
        _books = new KeyBooks(pipes, Lines);
        _pipes = [.. Enumerable.Range(0, pipes).Select(_ => new DrainedPipe(_pool))];
    }

    public override void Run()
    {
        var bytes = _json.Write();
        _number++;
        for (var i = 0; i < _pipes.Length; i++)
        {
            var pipe = _pipes[i];
            _books.Touch(i, _number);
            pipe.Writer.Write(bytes.Span);
            var flushed = pipe.Writer.FlushAsync();
            if (!flushed.IsCompleted)
            {
                throw new InvalidOperationException("A pipe that is never full did not take its bytes at once.");
            }

            flushed.GetAwaiter().GetResult();
        }

        foreach (var pipe in _pipes)
        {
            pipe.Drain();
        }
    }

    public override void Dispose()
    {
        _pool.Dispose();
        base.Dispose();
    }
}
