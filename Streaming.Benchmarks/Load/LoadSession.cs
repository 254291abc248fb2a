using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using Streaming.Client.Peers;
using Streaming.Rtc.Sfu;
using Streaming.Tests.Shared.Servers;

namespace Streaming.Benchmarks.Load;

/// <summary>A running load: a server, teachers, viewers, and what is measured of them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoadSession : IAsyncDisposable
{
    private const int MostAtOnce = 128;
    private const double QuietShare = 0.015;   // of a core
    private const double StillFalling = 0.95;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan FirstPacketLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Arrival = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LastWindow = TimeSpan.FromSeconds(1);

    private readonly LoadOptions _options;
    private readonly ServerUnderLoad _server;
    private readonly ProcessGauge _gauge;
    private readonly ProcessGauge _own = new(Environment.ProcessId);
    private readonly MediaDoorClient _client = new();
    private readonly ViewerLoop _loop;
    private readonly PublisherLoop _publisherLoop = new();
    private readonly List<Publisher> _publishers = [];
    private readonly List<(Viewer Viewer, MediaSessionOpened Opened)> _viewers = [];
    private readonly ConcurrentDictionary<int, bool> _serverPorts = new();
    private int _numbers;

    private LoadSession(LoadOptions options, ServerUnderLoad server)
    {
        (_options, _server, _gauge) = (options, server, new ProcessGauge(server.ProcessId));
        _loop = new ViewerLoop(options.Receivers, options.Pause);
    }

    /// <summary>Viewers of the measured classes.</summary>
    public int Viewers => _viewers.Count(viewer => viewer.Viewer.Kind.Class >= 0);

    /// <summary>RAM of the server's process now, in bytes.</summary>
    public long ServerMemory => _gauge.ResidentBytes();

    /// <summary>Starts a server, or takes the one that is there, and lets the teachers publish.</summary>
    public static async Task<LoadSession> BeginAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        ServerUnderLoad server = options.Foreign is { } foreign ? new ForeignServer(foreign) : await OwnServer.StartAsync(options);
        var session = new LoadSession(options, server);
        try
        {
            _ = session._gauge.Cpu();
            for (var i = 0; i < options.Classes; i++)
            {
                await session.PublishAsync(i, cancellationToken);
            }

            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets viewers join, evenly over time.</summary>
    /// <param name="count">How many.</param>
    /// <param name="perSecond">How many set out in a second.</param>
    /// <param name="kind">Who they are, by their turn among these.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<JoinFigures> JoinAsync(int count, double perSecond, Func<int, ViewerKind> kind, CancellationToken cancellationToken)
    {
        using var places = new SemaphoreSlim(MostAtOnce);
        var began = Stopwatch.GetTimestamp();
        var last = began;
        var joined = new ConcurrentBag<(TimeSpan Connected, TimeSpan? First)>();
        var failures = new ConcurrentQueue<string>();
        var all = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            var turn = TimeSpan.FromSeconds(i / perSecond) - Stopwatch.GetElapsedTime(began);
            if (turn > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(turn, cancellationToken);
            }

            // Waiting for a place belongs to joining: the knock is when its turn was, however late this loop comes to it.
            all.Add(OneAsync(kind(i), began + (long)(i / perSecond * Stopwatch.Frequency)));
        }

        await Task.WhenAll(all);
        var hasFirst = joined.Any(one => one.First is not null);
        return new JoinFigures(
            joined.Count,
            failures.Count,
            Stopwatch.GetElapsedTime(began, last).TotalSeconds,
            Spread.Of(joined.Select(one => one.Connected)),
            hasFirst ? Spread.Of(joined.Where(one => one.First is not null).Select(one => one.First!.Value)) : null,
            failures.FirstOrDefault());

        async Task OneAsync(ViewerKind who, long knock)
        {
            await places.WaitAsync(cancellationToken);
            try
            {
                var viewer = await WatchAsync(who, cancellationToken);
                var connected = Stopwatch.GetTimestamp();
                InterlockedMax(ref last, connected);
                TimeSpan? first = null;
                if (who.Class >= 0)
                {
                    await viewer.Receives.WaitAsync(FirstPacketLimit, cancellationToken);
                    first = Stopwatch.GetElapsedTime(knock);
                }

                joined.Add((Stopwatch.GetElapsedTime(knock, connected), first));
            }
            catch (Exception e) when (e is LoadException or TimeoutException)
            {
                failures.Enqueue(e.Message);
            }
            finally
            {
                places.Release();
            }
        }
    }

    /// <summary>Lets a viewer go that is not sampled: the one that came first.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> LeaveAsync(CancellationToken cancellationToken)
    {
        (Viewer Viewer, MediaSessionOpened Opened) found;
        lock (_viewers)
        {
            var index = _viewers.FindIndex(one => one.Viewer.Kind is { Class: >= 0, IsSampled: false, CountsGaps: false });
            if (index < 0)
            {
                return false;
            }

            found = _viewers[index];
            _viewers.RemoveAt(index);
        }

        await _loop.RemoveAsync(found.Viewer);
        await _client.CloseAsync(found.Opened, cancellationToken);
        return true;
    }

    /// <summary>Waits until what joined is forgotten and the server's code is compiled for good: an hour's lesson does not ask for its first half minute.</summary>
    /// <remarks>Of our server, until its other threads are quiet; of one whose threads nobody can tell apart, until it costs no less than just before.</remarks>
    /// <returns>Whether that came within <paramref name="most"/>.</returns>
    public async Task<bool> SettleAsync(TimeSpan least, TimeSpan most, CancellationToken cancellationToken)
    {
        await Task.Delay(least, cancellationToken);
        var before = double.MaxValue;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < most;)
        {
            var (used, at) = (Used(), Stopwatch.GetTimestamp());
            await Task.Delay(QuietFor, cancellationToken);
            var share = (Used() - used) / Stopwatch.GetElapsedTime(at).TotalSeconds;
            if (_server.MediaThreads is null ? share > before * StillFalling : share < QuietShare)
            {
                return true;
            }

            before = share;
        }

        return false;

        double Used() => _gauge.Cpu().Total - (MediaCpu()?.Total ?? 0);
    }

    /// <summary>Measures for a time.</summary>
    public async Task<LoadFigures> MeasureAsync(TimeSpan time, CancellationToken cancellationToken) =>
        await MeasureAsync(() => Task.Delay(time, cancellationToken), time, cancellationToken);

    /// <summary>Measures while something happens.</summary>
    /// <param name="happens">What; the window ends with it.</param>
    /// <param name="expected">How long it will take, to look at its last second apart; null when nobody knows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<LoadFigures> MeasureAsync(Func<Task> happens, TimeSpan? expected, CancellationToken cancellationToken)
    {
        var meters = await _server.ReadMetersAsync();
        _publishers.ForEach(publisher => publisher.TakeLatest());
        var (sent, dropped) = (Sent(), DroppedAtServer());
        var reading = await _loop.BeginAsync();
        var (cpu, media, own, use, began) = (_gauge.Cpu(), MediaCpu(), _own.Cpu(), ProcessorUse.Now(), Stopwatch.GetTimestamp());

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var compiler = WatchCompilerAsync(over.Token);
        var lastSecond = expected is { } time && time > LastWindow ? BeginLastAsync(time - LastWindow, over.Token) : Task.CompletedTask;
        await happens();
        await over.CancelAsync();
        await lastSecond;

        var (cpuAfter, mediaAfter, ownAfter, useAfter, seconds) =
            (_gauge.Cpu(), MediaCpu(), _own.Cpu(), ProcessorUse.Now(), Stopwatch.GetElapsedTime(began).TotalSeconds);
        var after = await _loop.ReadAsync();
        CheckAlive(after);
        var sentAfter = Sent();
        var late = _publishers.Max(publisher => publisher.TakeLatest());
        await Task.Delay(Arrival, cancellationToken);   // numbers that are late only, not lost
        var settled = await _loop.ReadAsync();
        var (latency, lastLatency, gaps) = await _loop.RunAsync(_ =>
            (Spread.Of(_loop.Meters.Latency), _loop.Meters.LastLatency.At(0.5).TotalMilliseconds, Spread.Of(_loop.Meters.Gaps)));
        var metersAfter = await _server.ReadMetersAsync();

        var counts = after.Counts - reading.Counts;
        return new LoadFigures
        {
            Classes = _options.Classes,
            Viewers = Viewers,
            Seconds = seconds,
            Sent = sentAfter - sent,
            Forwarded = counts.Packets + counts.Duplicates + counts.Dropped,
            Lost = Math.Max(0, settled.Lost - reading.Lost),
            DroppedAtViewers = counts.Dropped,
            DroppedAtServer = DroppedAtServer() - dropped,
            Duplicates = counts.Duplicates,
            OutOfOrder = counts.OutOfOrder,
            Restarts = counts.Restarts,
            Checked = counts.Checked,
            Wrong = counts.Wrong,
            FewestShare = sentAfter == sent ? 0 : after.Fewest * _options.Classes / (double)(sentAfter - sent),
            ServerCpu = cpuAfter - cpu,
            MediaCpu = mediaAfter is { } m && media is { } n ? m - n : null,
            CompilerCpu = await compiler,
            ServerProcessorsBusy = useAfter.Since(use, _options.ServerProcessors),
            LoadProcessorsBusy = useAfter.Since(use, _options.LoadProcessors),
            LoadShare = (ownAfter - own).Total / seconds,
            ReaderShare = (after.ThreadCpu - reading.ThreadCpu).TotalSeconds / seconds,
            Latency = latency,
            LastLatency = lastLatency,
            Gaps = gaps,
            Feedbacks = after.Feedbacks - reading.Feedbacks,
            TeacherLate = late.TotalMilliseconds,
            Meters = metersAfter is { } l && meters is { } e ? l - e : null,
            ServerMemory = ServerMemory,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _publisherLoop.DisposeAsync();
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private async Task PublishAsync(int @class, CancellationToken cancellationToken)
    {
        var peer = HeadlessPeer.Publisher(new HeadlessPeerOptions
        {
            Tracks = _options.Stream.IsVoiceOnly ? [TrackSource.Voice] : [TrackSource.Voice, TrackSource.Camera],
            Profile = _options.Profile,
        });
        var opened = await _client.OpenAsync(_server.Whip(@class), peer.Offer, cancellationToken);
        _serverPorts[LoopbackAnswer.Read(opened.Answer).Server.Port] = true;
        var publisher = new Publisher(peer, _options.Stream, @class / (double)_options.Classes);
        _publishers.Add(publisher);
        await _publisherLoop.AddAsync(publisher, opened.Answer, cancellationToken).WaitAsync(ConnectLimit, cancellationToken);
    }

    private async Task<Viewer> WatchAsync(ViewerKind kind, CancellationToken cancellationToken)
    {
        var link = new ViewerLink(
            new ViewerLinkOptions(_options.Profile, _options.Receivers == Receivers.Gro, kind.IsSampled || kind.CountsGaps, _options.TellsArrivals),
            _options.Stream.IsVoiceOnly);
        var viewer = new Viewer(link, kind, _loop.Meters);
        var opened = await _client.OpenAsync(_server.Whep(kind.Class, Interlocked.Increment(ref _numbers)), link.Offer, cancellationToken);
        var answer = LoopbackAnswer.Read(opened.Answer);
        _serverPorts[answer.Server.Port] = true;
        lock (_viewers)
        {
            _viewers.Add((viewer, opened));
        }

        await _loop.AddAsync(viewer, answer);
        await viewer.Connected.WaitAsync(ConnectLimit, cancellationToken);
        return viewer;
    }

    private async Task<double?> WatchCompilerAsync(CancellationToken cancellationToken)
    {
        if (_server.CompilerThread is not { } name)
        {
            return null;
        }

        var threads = new PassingThreads();
        Look();
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(BetweenLooks, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            Look();
        }

        return threads.Used;

        void Look() => threads.Look(_gauge.ThreadTimes(name).Select(thread => KeyValuePair.Create(thread.Key, thread.Value.Total)));
    }

    private async Task BeginLastAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(wait, cancellationToken);
            await _loop.RunAsync(_ =>
            {
                _loop.Meters.LastLatency.Clear();
                return true;
            });
        }
        catch (OperationCanceledException)
        {
            // It was over sooner.
        }
    }

    // What is not there any more cannot be measured, and a figure without it would be a wrong one.
    private void CheckAlive(LoopReading reading)
    {
        if (_publisherLoop.Ended.Exception is { } fault)
        {
            throw new LoadException($"The teachers' thread has ended: {fault.InnerException!.Message}", fault);
        }

        if (_publishers.Find(publisher => publisher.Failure is not null) is { } lost)
        {
            throw new LoadException($"A teacher has lost the server: {lost.Failure}\n{_server.LogTail}");
        }

        if (reading.Ended.Count > 0)
        {
            throw new LoadException($"{reading.Ended.Count} viewers have lost the server; the first: {reading.Ended.First}\n{_server.LogTail}");
        }
    }

    private long Sent() => _publishers.Sum(publisher => publisher.Sent);

    private CpuTime? MediaCpu() => _server.MediaThreads is { } name ? _gauge.CpuOfThreads(name) : null;

    private long DroppedAtServer() => _serverPorts.Keys.Sum(port => UdpSockets.At(port).Dropped);

    private static void InterlockedMax(ref long target, long value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var now && now != seen)
        {
            seen = now;
        }
    }
}
