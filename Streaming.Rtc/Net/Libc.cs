using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Streaming.Rtc.Net;

/// <summary>The one door to the C library: batched socket calls, waiting and the thread's own clock, for 64-bit Linux.</summary>
/// <remarks>
/// Every argument is blittable. None of the socket calls suppresses the GC transition: a collection would have to wait for the whole call,
/// and it saves nothing that can be measured beside a system call.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static unsafe partial class Libc
{
    /// <summary>Never wait for room or for data (MSG_DONTWAIT).</summary>
    public const int DontWait = 0x40;

    /// <summary>Set in <see cref="MessageHeader.Flags"/> when a datagram was longer than its vector (MSG_TRUNC).</summary>
    public const int Truncated = 0x20;

    /// <summary>The call was interrupted by a signal (EINTR).</summary>
    public const int Interrupted = 4;

    /// <summary>No room in the buffer now (EAGAIN).</summary>
    public const int NoRoom = 11;

    /// <summary>The kernel has no memory for it now (ENOMEM).</summary>
    public const int NoMemory = 12;

    /// <summary>No room in a device's queue now (ENOBUFS).</summary>
    public const int NoBuffers = 105;

    /// <summary>The device cannot do it, or the path's transformation (EIO).</summary>
    public const int InputOutput = 5;

    /// <summary>The kernel cannot do it, here or for this path (EINVAL).</summary>
    public const int Invalid = 22;

    /// <summary>The datagram is too large for the path (EMSGSIZE).</summary>
    public const int MessageTooLong = 90;

    /// <summary>Level of the options and messages of UDP (SOL_UDP).</summary>
    public const int SolUdp = 17;

    /// <summary>One message becomes datagrams of a size (UDP_SEGMENT, Linux 4.18).</summary>
    public const int UdpSegment = 103;

    /// <summary>Readable (POLLIN).</summary>
    public const short PollIn = 1;

    private const string Library = "libc";
    private const int EventNonBlocking = 0x800;
    private const int EventCloseOnExec = 0x80000;
    private const int ThreadCpuTimeClock = 3;

    /// <summary>Receives up to <paramref name="count"/> datagrams with one call.</summary>
    /// <returns>How many messages were filled; -1 with <see cref="Marshal.GetLastPInvokeError"/> when none was.</returns>
    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(int socket, MultiMessageHeader* messages, uint count, int flags, TimeSpec* timeout);

    /// <summary>Sends up to <paramref name="count"/> datagrams with one call; stops at the first that is refused.</summary>
    /// <returns>How many messages were sent; -1 with <see cref="Marshal.GetLastPInvokeError"/> when the first was refused.</returns>
    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int socket, MultiMessageHeader* messages, uint count, int flags);

    /// <summary>What an error that ends segmented sends is called; others by their number.</summary>
    public static string NameOf(int error) => error switch
    {
        Invalid => "EINVAL",
        InputOutput => "EIO",
        _ => error.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Waits until a descriptor is ready or the time is over.</summary>
    [LibraryImport(Library, EntryPoint = "ppoll")]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signalMask);

    /// <summary>Makes an event that a <see cref="Poll"/> can wait for.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left.</exception>
    public static SafeFileHandle CreateEvent()
    {
        var descriptor = EventDescriptor(0, EventNonBlocking | EventCloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Sets an event; setting it twice is setting it once.</summary>
    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    public static void SetEvent(SafeFileHandle handle)
    {
        var one = 1UL;
        _ = Write(handle, &one, sizeof(ulong));
    }

    /// <summary>Clears an event.</summary>
    public static void ClearEvent(int descriptor)
    {
        ulong count;
        _ = Read(descriptor, &count, sizeof(ulong));
    }

    /// <summary>The CPU time that the calling thread has used.</summary>
    public static TimeSpan ThreadCpuTime()
    {
        TimeSpec time = default;
        return GetTime(ThreadCpuTimeClock, &time) == 0 ? time.ToTimeSpan() : TimeSpan.Zero;
    }

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "write")]
    private static partial nint Write(SafeFileHandle handle, void* bytes, nuint count);

    [LibraryImport(Library, EntryPoint = "read")]
    private static partial nint Read(int descriptor, void* bytes, nuint count);

    [LibraryImport(Library, EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, TimeSpec* time);

    /// <summary>Memory to gather from or scatter to (struct iovec).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        /// <summary>Where it starts; pinned.</summary>
        public byte* Base;

        /// <summary>Its length in bytes.</summary>
        public nuint Length;
    }

    /// <summary>One message (struct msghdr).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        /// <summary>The peer's socket address.</summary>
        public byte* Name;

        /// <summary>Its length; the kernel overwrites it on receiving.</summary>
        public uint NameLength;

        /// <summary>The memory of the payload.</summary>
        public IoVector* Vectors;

        /// <summary>How many vectors.</summary>
        public nuint VectorCount;

        /// <summary>Ancillary data; a segmented send says its segment size here.</summary>
        public byte* Control;

        /// <summary>Length of the ancillary data.</summary>
        public nuint ControlLength;

        /// <summary>Flags of a received message.</summary>
        public int Flags;
    }

    /// <summary>One message of a batch (struct mmsghdr).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MultiMessageHeader
    {
        /// <summary>The message.</summary>
        public MessageHeader Header;

        /// <summary>Bytes received or sent.</summary>
        public uint Length;
    }

    /// <summary>What to wait for (struct pollfd).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        /// <summary>Whose events.</summary>
        public int Descriptor;

        /// <summary>Which events.</summary>
        public short Events;

        /// <summary>Which of them happened.</summary>
        public short Happened;
    }

    /// <summary>A time of 64-bit seconds and nanoseconds (struct timespec).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        /// <summary>Whole seconds.</summary>
        public long Seconds;

        /// <summary>Nanoseconds, 0 to 999 999 999.</summary>
        public long Nanoseconds;

        /// <summary>Makes one from a span that is not negative.</summary>
        public static TimeSpec From(TimeSpan span) => new()
        {
            Seconds = span.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = span.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };

        /// <summary>The span, to 100 ns.</summary>
        public readonly TimeSpan ToTimeSpan() =>
            new((Seconds * TimeSpan.TicksPerSecond) + (Nanoseconds / TimeSpan.NanosecondsPerTick));
    }
}
