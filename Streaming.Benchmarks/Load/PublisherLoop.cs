using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Streaming.Rtc.Net;

namespace Streaming.Benchmarks.Load;

/// <summary>One thread that drives all teachers and sleeps to the exact moment of the next packet.</summary>
/// <remarks>It goes before the viewers' thread where the system allows that, so that a full load side does not bend the stream.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class PublisherLoop : IAsyncDisposable
{
    private const long LongestSleep = 2_000_000;   // ns: for a newcomer to be seen
    private const int Nice = -15;

    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly List<Publisher> _publishers = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    public PublisherLoop() => new Thread(Run) { Name = "teachers", IsBackground = true }.Start();

    /// <summary>Gives a teacher its answer and drives it from now on.</summary>
    /// <returns>Done when it is connected.</returns>
    public async Task AddAsync(Publisher publisher, string answer, CancellationToken cancellationToken)
    {
        var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands.Enqueue(() =>
        {
            try
            {
                publisher.Peer.Accept(Publisher.ToInstant(Libc.MonotonicNanoseconds()), answer);
                _publishers.Add(publisher);
                added.TrySetResult();
            }
            catch (FormatException e)
            {
                added.TrySetException(new LoadException($"The server's answer to a teacher cannot be used: {e.Message}", e));
            }
        });
        await added.Task.WaitAsync(cancellationToken);
        await publisher.Connected.WaitAsync(cancellationToken);
    }

    /// <summary>Done when the thread has ended; with an exception when by a fault.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Says goodbye for all teachers and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await _ended.Task;
    }

    private void Run()
    {
        try
        {
            Libc.TrySetNice(Nice);
            while (!_stopping)
            {
                while (_commands.TryDequeue(out var command))
                {
                    command();
                }

                var next = Libc.MonotonicNanoseconds() + LongestSleep;
                foreach (var publisher in _publishers)
                {
                    var clock = Libc.MonotonicNanoseconds();
                    if (clock >= publisher.Due)
                    {
                        publisher.Tick(clock);
                    }

                    next = Math.Min(next, publisher.Due);
                }

                Libc.SleepUntil(next);
            }

            _publishers.ForEach(publisher => publisher.Dispose());
            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            _ended.TrySetException(e);
        }
    }
}
