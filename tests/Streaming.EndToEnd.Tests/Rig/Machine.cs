using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>How fast this machine is while something is measured, by a fixed small piece of work done over and over: what bounds of time are scaled with.</summary>
/// <remarks>
/// Counted is the processor time of the pieces, so that waiting for a processor, which is the test's own doing on a machine of its own, does not look like a
/// slow machine. What a host takes away from beneath the system, its shared caches and clock rates do: such machines have slow seconds, which a look before or
/// after does not see. Other processes of the same system are not seen.
/// </remarks>
internal sealed partial class Machine : IDisposable
{
    private const int Handshakes = 4;
    private const int Numbers = 4_000;
    private const int ThreadsProcessorTime = 3;   // CLOCK_THREAD_CPUTIME_ID
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(40);

    /// <summary>What one piece takes on the machine that the bounds were chosen on.</summary>
    private static readonly TimeSpan Reference = TimeSpan.FromMilliseconds(1);

    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _enough = new();
    private TimeSpan _took;
    private int _pieces;

    private Machine()
    {
        Work();   // the first is compiled while it runs
        _thread = new Thread(Watch) { IsBackground = true, Name = "the machine's pace" };
        _thread.Start();
    }

    /// <summary>How many times slower than the reference the machine has been since this was begun, or since it was last asked; at least 1.</summary>
    public double Slowness()
    {
        lock (_gate)
        {
            var mean = _pieces == 0 ? Work() : _took / _pieces;
            (_took, _pieces) = (TimeSpan.Zero, 0);
            return Math.Max(1, mean / Reference);
        }
    }

    /// <summary>Begins to look.</summary>
    public static Machine Look() => new();

    public void Dispose()
    {
        _enough.Set();
        _thread.Join();
        _enough.Dispose();
    }

    private void Watch()
    {
        while (!_enough.Wait(Apart))
        {
            var took = Work();
            lock (_gate)
            {
                _took += took;
                _pieces++;
            }
        }
    }

    // What a lesson costs: signatures as in handshakes, and managed code that walks through memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TimeSpan Work()
    {
        var began = ProcessorTime();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Span<byte> digest = stackalloc byte[32];
        var signature = new byte[64];
        for (var i = 0; i < Handshakes; i++)
        {
            key.SignHash(digest, signature);
            key.VerifyHash(digest, signature);
        }

        var random = new Random(Handshakes);
        var numbers = new int[Numbers];
        foreach (ref var number in numbers.AsSpan())
        {
            number = random.Next();
        }

        Array.Sort(numbers);
        return ProcessorTime() - began;
    }

    private static TimeSpan ProcessorTime()
    {
        _ = ReadClock(ThreadsProcessorTime, out var time);
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out TimeOfDay time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeOfDay(long Seconds, long Nanoseconds);
}
