using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Streaming.Rtc.Net;

namespace Streaming.Benchmarks.Load;

/// <summary>The memory that one <c>recvmmsg</c> fills: headers, payloads and notes, pinned and wired once, for sockets that are connected.</summary>
/// <remarks>Belongs to one thread, which uses it for all of its sockets: what was received is good until the next receive.</remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class ReceiveTable
{
    private readonly Libc.MultiMessageHeader[] _headers;
    private readonly Libc.IoVector[] _vectors;
    private readonly byte[] _payloads;
    private readonly byte[] _controls;
    private readonly int _size;

    /// <summary>Wires a table.</summary>
    /// <param name="count">How many messages one call may fill.</param>
    /// <param name="size">Room for each, in bytes.</param>
    public ReceiveTable(int count, int size)
    {
        (Count, _size) = (count, size);
        _headers = GC.AllocateArray<Libc.MultiMessageHeader>(count, pinned: true);
        _vectors = GC.AllocateArray<Libc.IoVector>(count, pinned: true);
        _payloads = GC.AllocateUninitializedArray<byte>(count * size, pinned: true);
        _controls = GC.AllocateArray<byte>(count * ControlMessages.Room, pinned: true);
        for (var i = 0; i < count; i++)
        {
            _vectors[i].Base = (byte*)Unsafe.AsPointer(ref _payloads[i * size]);
            _vectors[i].Length = (nuint)size;
            ref var header = ref _headers[i].Header;
            header.Vectors = (Libc.IoVector*)Unsafe.AsPointer(ref _vectors[i]);
            header.VectorCount = 1;
            header.Control = (byte*)Unsafe.AsPointer(ref _controls[i * ControlMessages.Room]);
            header.ControlLength = ControlMessages.Room;
        }
    }

    /// <summary>How many messages one call may fill.</summary>
    public int Count { get; }

    /// <summary>Takes what a socket has, without waiting.</summary>
    /// <returns>How many messages; 0 for none.</returns>
    public int Receive(int descriptor)
    {
        var received = Libc.ReceiveMessages(descriptor, (Libc.MultiMessageHeader*)Unsafe.AsPointer(ref _headers[0]), (uint)Count, Libc.DontWait, null);
        return Math.Max(received, 0);
    }

    /// <summary>A message of the last receive, and what the kernel notes of it; makes its place ready for the next.</summary>
    public Span<byte> Take(int index, out ReceiveNotes notes)
    {
        ref var message = ref _headers[index];
        var control = (int)message.Header.ControlLength;
        notes = control == 0 ? default : ControlMessages.Read(_controls.AsSpan(index * ControlMessages.Room, control));
        message.Header.ControlLength = ControlMessages.Room;   // the kernel wrote how much it used
        return _payloads.AsSpan(index * _size, Math.Min((int)message.Length, _size));
    }
}
