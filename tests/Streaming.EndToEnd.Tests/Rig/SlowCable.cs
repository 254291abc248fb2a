using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>
/// Two network interfaces; whatever leaves one arrives at the other after some time. That is distance, which not every kernel's queues can add.
/// Needs root.
/// </summary>
/// <remarks>
/// The interfaces are TUN devices: bare IP packets, and no asking for a neighbour's address first, which would be a round trip of its own. Rate and
/// queue are not its business: <c>tbf</c> on the interfaces holds packets back before they come here. It ends when the interfaces are deleted.
/// </remarks>
internal sealed partial class SlowCable
{
    private const string Device = "/dev/net/tun";
    private const int LongestPacket = 65_535;

    // linux/if_tun.h
    private const nuint SetInterface = 0x400454CA;
    private const ushort BareIp = 0x0001;
    private const ushort WithoutInformation = 0x1000;

    private long _delay;   // ticks; read by the threads that carry

    /// <summary>Makes both interfaces. They are down, and each may be moved into another network.</summary>
    /// <param name="near">The name of one, at most 15 characters.</param>
    /// <param name="far">The name of the other.</param>
    /// <exception cref="IOException">The device cannot be had.</exception>
    public SlowCable(string near, string far)
    {
        var (one, other) = (Open(near), Open(far));
        Carry(one, other);
        Carry(other, one);
    }

    /// <summary>From one to the other. What is on its way keeps its order.</summary>
    public TimeSpan Delay
    {
        get => new(Volatile.Read(ref _delay));
        set => Volatile.Write(ref _delay, value.Ticks);
    }

    private static SafeFileHandle Open(string name)
    {
        var device = File.OpenHandle(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var request = new byte[40];   // struct ifreq: name(16), then flags
        Encoding.ASCII.GetBytes(name).CopyTo(request, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(16), BareIp | WithoutInformation);
        if (Control(device, SetInterface, request) != 0)
        {
            throw new IOException($"{Device} makes no interface {name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        return device;
    }

    private void Carry(SafeFileHandle from, SafeFileHandle to)
    {
        var way = new BlockingCollection<(long Came, byte[] Packet)>();
        new Thread(() => Take(from, way)) { IsBackground = true, Name = "cable, near end" }.Start();
        new Thread(() => Give(to, way)) { IsBackground = true, Name = "cable, far end" }.Start();
    }

    // Ends when the interface is gone, which fails the read.
    private static void Take(SafeFileHandle from, BlockingCollection<(long Came, byte[] Packet)> way)
    {
        var buffer = new byte[LongestPacket];
        while (Read(from, buffer, (nuint)buffer.Length) is > 0 and var length)
        {
            way.Add((Stopwatch.GetTimestamp(), buffer[..(int)length]));
        }

        way.CompleteAdding();
    }

    private void Give(SafeFileHandle to, BlockingCollection<(long Came, byte[] Packet)> way)
    {
        foreach (var (came, packet) in way.GetConsumingEnumerable())
        {
            var wait = Delay - Stopwatch.GetElapsedTime(came);
            if (wait > TimeSpan.Zero)
            {
                Thread.Sleep(wait);
            }

            Write(to, packet, (nuint)packet.Length);   // an interface that is down takes nothing, as it should
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle device, nuint request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle device, [Out] byte[] buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle device, byte[] packet, nuint length);
}
