using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Streaming.Rtc.Net;

/// <summary>What one batched socket call reads: headers, vectors and addresses in pinned memory, wired to each other once.</summary>
/// <remarks>Belongs to one <see cref="LinuxUdpPort"/>, which sets per call only what differs.</remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class MessageTable
{
    private const int NameStride = 32;   // a struct sockaddr_in6 has 28 bytes; 32 keeps them aligned

    // One struct cmsghdr with a 16-bit value, see udp(7): length 18, SOL_UDP, UDP_SEGMENT.
    private const int ControlStride = 24;
    private const int ControlLength = 18;

    private readonly Libc.MultiMessageHeader[] _headers;
    private readonly Libc.IoVector[] _vectors;
    private readonly byte[] _names;
    private readonly byte[] _controls;
    private readonly uint _nameLength;

    /// <summary>Wires a table.</summary>
    /// <param name="count">How many messages.</param>
    /// <param name="ipv6">Whether the socket's addresses are IPv6 ones.</param>
    /// <param name="segments">Whether <see cref="Segment"/> is used.</param>
    public MessageTable(int count, bool ipv6, bool segments = false)
    {
        _headers = GC.AllocateArray<Libc.MultiMessageHeader>(count, pinned: true);
        _vectors = GC.AllocateArray<Libc.IoVector>(count, pinned: true);
        _names = GC.AllocateArray<byte>(count * NameStride, pinned: true);
        _controls = GC.AllocateArray<byte>(segments ? count * ControlStride : 0, pinned: true);
        _nameLength = (uint)SocketAddressBytes.Length(ipv6);
        for (var i = 0; i < count; i++)
        {
            MemoryMarshal.Write(Name(i), SocketAddressBytes.LinuxFamily(ipv6));
            ref var header = ref _headers[i].Header;
            header.Name = (byte*)Unsafe.AsPointer(ref _names[i * NameStride]);
            header.NameLength = _nameLength;
            header.Vectors = (Libc.IoVector*)Unsafe.AsPointer(ref _vectors[i]);
            header.VectorCount = 1;
            if (segments)
            {
                header.Control = (byte*)Unsafe.AsPointer(ref _controls[i * ControlStride]);
                *(nuint*)header.Control = ControlLength;
                *(int*)(header.Control + 8) = Libc.SolUdp;
                *(int*)(header.Control + 12) = Libc.UdpSegment;
            }
        }
    }

    /// <summary>The headers from message <paramref name="index"/> on, as the kernel wants them.</summary>
    public Libc.MultiMessageHeader* From(int index) => (Libc.MultiMessageHeader*)Unsafe.AsPointer(ref _headers[index]);

    /// <summary>The peer's socket address of message <paramref name="index"/>; its family is set already.</summary>
    public Span<byte> Name(int index) => _names.AsSpan(index * NameStride, NameStride);

    /// <summary>Says where the payload of message <paramref name="index"/> lies.</summary>
    /// <param name="index">Which message.</param>
    /// <param name="memory">Pinned memory.</param>
    /// <param name="length">Its length in bytes.</param>
    public void Point(int index, byte* memory, int length)
    {
        _vectors[index].Base = memory;
        _vectors[index].Length = (nuint)length;
    }

    /// <summary>Says that the payload of message <paramref name="index"/> is several datagrams, each of a size, the last perhaps shorter.</summary>
    /// <param name="index">Which message.</param>
    /// <param name="size">Bytes of each datagram; 0 when the payload is one.</param>
    public void Segment(int index, int size)
    {
        ref var header = ref _headers[index].Header;
        header.ControlLength = size == 0 ? 0u : ControlStride;
        *(ushort*)(header.Control + 16) = (ushort)size;
    }

    /// <summary>What <see cref="Segment"/> has said.</summary>
    public int SegmentSize(int index) => *(ushort*)(_headers[index].Header.Control + 16);

    /// <summary>Makes message <paramref name="index"/> ready to be received into: the kernel has overwritten the address's length.</summary>
    public void Reset(int index) => _headers[index].Header.NameLength = _nameLength;
}
