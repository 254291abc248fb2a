using System.Diagnostics;
using System.Security.Cryptography;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>How fast this machine is now, by a fixed piece of work: what bounds of time are scaled with.</summary>
internal static class Machine
{
    private const int Pieces = 5;
    private const int Threads = 2;
    private const int Handshakes = 400;
    private const int Numbers = 400_000;

    /// <summary>What one piece takes on the machine that the bounds were chosen on, two cores with nothing else to do.</summary>
    private static readonly TimeSpan Reference = TimeSpan.FromMilliseconds(100);

    /// <summary>How many times slower than the reference this machine is at this moment, busy with others or by nature; at least 1.</summary>
    public static double Slowness()
    {
        var pieces = Enumerable.Range(0, Pieces).Select(_ => Measure()).Order().ToArray();
        return Math.Max(1, pieces[Pieces / 2] / Reference);   // the median: the first is compiled while it runs
    }

    private static TimeSpan Measure()
    {
        var began = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return Stopwatch.GetElapsedTime(began);
    }

    // What a lesson costs: signatures as in handshakes, and managed code that walks through memory.
    private static void Work()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = new byte[32];
        for (var i = 0; i < Handshakes; i++)
        {
            key.VerifyHash(digest, key.SignHash(digest));
        }

        var random = new Random(Handshakes);
        var numbers = new int[Numbers];
        foreach (ref var number in numbers.AsSpan())
        {
            number = random.Next();
        }

        Array.Sort(numbers);
    }
}
