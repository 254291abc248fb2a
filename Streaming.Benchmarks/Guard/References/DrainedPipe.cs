using System.IO.Pipelines;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>A pipe whose other end takes what is written on the writer's thread, counts it and forgets it.</summary>
internal sealed class DrainedPipe(BlockPool pool)
{
    // No threshold: a writer never waits, so that every send ends where it began.
    private readonly Pipe _pipe = new(new PipeOptions(
        pool, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));

    public PipeWriter Writer => _pipe.Writer;

    /// <summary>Takes what was written.</summary>
    /// <returns>How many bytes it was.</returns>
    public long Drain()
    {
        if (!_pipe.Reader.TryRead(out var written))
        {
            return 0;
        }

        var length = written.Buffer.Length;
        _pipe.Reader.AdvanceTo(written.Buffer.End);
        return length;
    }
}
