using System.Diagnostics;
using System.Runtime.Versioning;
using Streaming.Rtc.Net;

namespace Streaming.Benchmarks.Hub;

/// <summary>All connections of the load, looked at every millisecond by one thread.</summary>
/// <remarks>On loopback, waking a reader that sleeps is work of the sender. By timer it is nobody's.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class HubLoad : IDisposable
{
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 8 };
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly HubListener[] _listeners;
    private readonly List<HubListener> _stalled = [];
    private readonly Libc.PollDescriptor[] _polled;
    private readonly List<long> _latencies = [];
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private volatile bool _stopping;
    private bool _measuring;
    private int _closed;

    private HubLoad(HubListener[] listeners)
    {
        _listeners = listeners;
        _polled = Array.ConvertAll(listeners, listener => new Libc.PollDescriptor { Descriptor = (int)listener.Socket.Handle, Events = Libc.PollIn });
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>How many of those that read were closed by the server.</summary>
    public int Closed => Volatile.Read(ref _closed);

    public static HubLoad Connect(int port, string protocol, int connections) => new(ConnectAll(port, protocol, connections, stalled: false));

    /// <summary>Adds connections that read nothing from now on.</summary>
    public void AddStalled(int port, string protocol, int connections) => _stalled.AddRange(ConnectAll(port, protocol, connections, stalled: true));

    /// <summary>From now on latencies are kept.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _latencies.Clear();
            _measuring = true;
        }
    }

    /// <summary>What has come since <see cref="Begin"/>.</summary>
    /// <param name="last">The number of the last delta that was sent.</param>
    public HubLoadFigures End(int last)
    {
        lock (_gate)
        {
            _measuring = false;
            _latencies.Sort();
            return new HubLoadFigures(
                _latencies.Count,
                _listeners.Sum(listener => (long)(last - listener.Last) + listener.Wrong),
                At(0.50), At(0.99), At(1),
                _listeners.Sum(listener => listener.Bytes) / (double)_listeners.Sum(listener => (long)listener.Last));
        }

        double At(double share) =>
            _latencies.Count == 0 ? double.NaN : Stopwatch.GetElapsedTime(0, _latencies[(int)(share * (_latencies.Count - 1))]).TotalMilliseconds;
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        foreach (var listener in _listeners.Concat(_stalled))
        {
            listener.Dispose();
        }
    }

    private static HubListener[] ConnectAll(int port, string protocol, int connections, bool stalled)
    {
        var listeners = new HubListener[connections];
        Parallel.For(0, connections, AtOnce, i => listeners[i] = HubListener.Connect(port, protocol, stalled));
        return listeners;
    }

    private void Run()
    {
        var buffer = new byte[64 * 1_024];
        while (!_stopping)
        {
            lock (_gate)
            {
                Look(buffer);
            }

            Thread.Sleep(Pause);
        }
    }

    private unsafe void Look(byte[] buffer)
    {
        var never = default(Libc.TimeSpec);
        fixed (Libc.PollDescriptor* polled = _polled)
        {
            if (Libc.Poll(polled, (nuint)_polled.Length, &never, null) <= 0)
            {
                return;
            }
        }

        for (var i = 0; i < _polled.Length; i++)
        {
            if (_polled[i].Happened != 0 && !_listeners[i].Read(buffer, Stopwatch.GetTimestamp(), _measuring ? _latencies : null))
            {
                _polled[i].Descriptor = -1;   // poll leaves it out
                _closed++;
            }
        }
    }
}

/// <summary>What reached the connections that read; latencies in milliseconds.</summary>
internal sealed record HubLoadFigures(int Delivered, long Lost, double Median, double P99, double Longest, double BytesEach);
