using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using Streaming.Rtc;
using Streaming.Rtc.Net;

namespace Streaming.Benchmarks.Load;

/// <summary>How viewers come to what has arrived.</summary>
internal enum Receivers
{
    /// <summary>All sockets are looked at by timer; a datagram each.</summary>
    Timer,

    /// <summary>By timer, and segmented batches are taken whole (UDP_GRO).</summary>
    Gro,

    /// <summary>The reader sleeps until a datagram wakes it. On loopback that is the sender's work.</summary>
    Woken,
}

/// <summary>What a loop has received until now, and what its thread has used.</summary>
/// <param name="Counts">Of the classes that are measured, those who have left included.</param>
/// <param name="Lost">Numbers that are missing at a viewer beyond what its own socket dropped, summed over the viewers.</param>
/// <param name="Fewest">Packets of the measured viewer that has the fewest among those who were there at the last <see cref="ViewerLoop.BeginAsync"/>, since then.</param>
/// <param name="ThreadCpu">CPU of the thread.</param>
/// <param name="Feedbacks">Feedbacks that its viewers have sent since it began.</param>
/// <param name="Ended">Measured viewers whose connection has ended, and why the first of them.</param>
internal sealed record LoopReading(ViewerCounts Counts, long Lost, long Fewest, TimeSpan ThreadCpu, long Feedbacks, (int Count, string? First) Ended);

/// <summary>One thread that reads all viewers' sockets: one <c>ppoll</c> that does not wait, then <c>recvmmsg</c> where something is.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ViewerLoop : IAsyncDisposable
{
    private const int PlainMessages = 64, PlainSize = 2_048;
    private const int BatchMessages = 16, BatchSize = 65_536;
    private const int HeadSize = 320;   // checks and reports whole, of media the header

    private readonly ConcurrentQueue<Action<Instant>> _commands = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReceiveTable _table;
    private readonly ReceiveTable _heads;
    private readonly Receivers _receivers;
    private readonly TimeSpan _pause;
    private readonly List<Viewer> _viewers = [];
    private readonly List<long> _begun = [];
    private Libc.PollDescriptor[] _descriptors = GC.AllocateArray<Libc.PollDescriptor>(256, pinned: true);
    private Instant[] _due = new Instant[256];
    private ViewerCounts _gone;
    private long _goneLost;
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="receivers">How it comes to what has arrived.</param>
    /// <param name="pause">How long it sleeps between two looks.</param>
    public ViewerLoop(Receivers receivers, TimeSpan pause)
    {
        (_receivers, _pause) = (receivers, pause);
        _table = receivers == Receivers.Gro ? new ReceiveTable(BatchMessages, BatchSize) : new ReceiveTable(PlainMessages, PlainSize);
        _heads = receivers == Receivers.Gro ? _table : new ReceiveTable(PlainMessages, HeadSize);
        new Thread(Run) { Name = "viewers", IsBackground = true }.Start();
    }

    /// <summary>What its viewers measure. Read and clear it inside <see cref="RunAsync{T}"/> only.</summary>
    public ViewerMeters Meters { get; } = new();

    private static Instant Now => new(Stopwatch.GetElapsedTime(0).Ticks);

    /// <summary>Gives a viewer its answer and drives it from now on.</summary>
    public Task AddAsync(Viewer viewer, LoopbackAnswer answer) => RunAsync(now =>
    {
        viewer.Accept(now, answer);
        if (_viewers.Count == _due.Length)
        {
            Array.Resize(ref _due, 2 * _due.Length);
            _descriptors = GC.AllocateArray<Libc.PollDescriptor>(_due.Length, pinned: true);
        }

        _due[_viewers.Count] = viewer.NextTick;
        _viewers.Add(viewer);
        _begun.Add(-1);
        PointDescriptors();
        return true;
    });

    /// <summary>Says goodbye for a viewer; what it has received stays counted.</summary>
    public Task RemoveAsync(Viewer viewer) => RunAsync(now =>
    {
        var index = _viewers.IndexOf(viewer);
        if (index >= 0)
        {
            var counts = viewer.Kind.Class >= 0 ? viewer.Counts : default;
            _gone += counts;
            _goneLost += counts.Lost;
            _viewers.RemoveAt(index);
            _begun.RemoveAt(index);
            for (var i = index; i < _viewers.Count; i++)
            {
                _due[i] = _viewers[i].NextTick;
            }

            PointDescriptors();
        }

        viewer.Dispose();
        return true;
    });

    /// <summary>Begins to measure: clears the meters and notes what has been received.</summary>
    public Task<LoopReading> BeginAsync() => RunAsync(_ =>
    {
        Meters.Latency.Clear();
        Meters.LastLatency.Clear();
        Meters.Gaps.Clear();
        for (var i = 0; i < _viewers.Count; i++)
        {
            _begun[i] = _viewers[i].Kind.Class >= 0 ? _viewers[i].Counts.Packets : -1;
        }

        return Read();
    });

    /// <summary>What has been received until now.</summary>
    public Task<LoopReading> ReadAsync() => RunAsync(_ => Read());

    /// <summary>Runs something between two rounds, on the loop's thread; keep it short.</summary>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public Task<T> RunAsync<T>(Func<Instant, T> command)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands.Enqueue(now =>
        {
            try
            {
                done.TrySetResult(command(now));
            }
            catch (Exception e)
            {
                done.TrySetException(e);
            }
        });
        _ended.Task.ContinueWith(_ => done.TrySetException(new ObjectDisposedException(nameof(ViewerLoop))), TaskScheduler.Default);
        return done.Task;
    }

    /// <summary>Says goodbye for all viewers and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await _ended.Task;
    }

    private void Run()
    {
        try
        {
            var next = Libc.MonotonicNanoseconds();
            while (!_stopping)
            {
                Round(Now);

                // What a long round has missed is not made up for.
                next = Math.Max(next + ((long)_pause.TotalNanoseconds), Libc.MonotonicNanoseconds());
                if (_receivers == Receivers.Woken)
                {
                    Wait(_pause);
                }
                else
                {
                    Libc.SleepUntil(next);
                }
            }

            _viewers.ForEach(viewer => viewer.Dispose());
            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            _ended.TrySetException(e);
        }
    }

    private void Round(Instant now)
    {
        while (_commands.TryDequeue(out var command))
        {
            command(now);
        }

        if (Wait(TimeSpan.Zero) > 0)
        {
            for (var i = 0; i < _viewers.Count; i++)
            {
                if (_descriptors[i].Happened != 0)
                {
                    Receive(_viewers[i], now);
                    _due[i] = _viewers[i].NextTick;
                }
            }
        }

        for (var i = 0; i < _viewers.Count; i++)
        {
            if (now >= _due[i])
            {
                _viewers[i].Tick(now);
                _due[i] = _viewers[i].NextTick;
            }
        }
    }

    private void Receive(Viewer viewer, Instant now)
    {
        // Most of what reading costs is to copy what nobody looks at. A batch has headers in it everywhere and is copied whole.
        var table = viewer.ReadsHeadersOnly ? _heads : _table;
        int received;
        do
        {
            received = table.Receive(viewer.Link.Descriptor);
            for (var i = 0; i < received; i++)
            {
                var message = table.Take(i, out var notes);
                foreach (var datagram in new DatagramSplitter(message, notes.SegmentSize))
                {
                    viewer.Receive(now, datagram, notes.ReceivedAt);
                }
            }
        }
        while (received == table.Count);
    }

    private unsafe int Wait(TimeSpan limit)
    {
        var timeout = Libc.TimeSpec.From(limit);
        fixed (Libc.PollDescriptor* descriptors = _descriptors)
        {
            return Libc.Poll(descriptors, (nuint)_viewers.Count, &timeout, null);
        }
    }

    private void PointDescriptors()
    {
        for (var i = 0; i < _viewers.Count; i++)
        {
            _descriptors[i] = new Libc.PollDescriptor { Descriptor = _viewers[i].Link.Descriptor, Events = Libc.PollIn };
        }
    }

    private LoopReading Read()
    {
        var (counts, lost, fewest) = (_gone, _goneLost, long.MaxValue);
        (int Count, string? First) ended = default;
        for (var i = 0; i < _viewers.Count; i++)
        {
            if (_viewers[i].Kind.Class < 0)
            {
                continue;
            }

            var of = _viewers[i].Counts;
            counts += of;
            lost += of.Lost;
            ended = _viewers[i].Link.Failure is { } failure ? (ended.Count + 1, ended.First ?? failure) : ended;
            fewest = _begun[i] < 0 ? fewest : Math.Min(fewest, of.Packets - _begun[i]);
        }

        return new LoopReading(counts, lost, fewest == long.MaxValue ? 0 : fewest, Libc.ThreadCpuTime(), Meters.Feedbacks, ended);
    }
}
