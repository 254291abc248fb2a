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

    private readonly Libc.MultiMessageHeader[] _headers;
    private readonly Libc.IoVector[] _vectors;
    private readonly byte[] _names;
    private readonly uint _nameLength;

    /// <summary>Wires a table.</summary>
    /// <param name="count">How many messages.</param>
    /// <param name="ipv6">Whether the socket's addresses are IPv6 ones.</param>
    public MessageTable(int count, bool ipv6)
    {
        _headers = GC.AllocateArray<Libc.MultiMessageHeader>(count, pinned: true);
        _vectors = GC.AllocateArray<Libc.IoVector>(count, pinned: true);
        _names = GC.AllocateArray<byte>(count * NameStride, pinned: true);
        _nameLength = (uint)SocketAddressBytes.Length(ipv6);
        for (var i = 0; i < count; i++)
        {
            MemoryMarshal.Write(Name(i), SocketAddressBytes.LinuxFamily(ipv6));
            ref var header = ref _headers[i].Header;
            header.Name = (byte*)Unsafe.AsPointer(ref _names[i * NameStride]);
            header.NameLength = _nameLength;
            header.Vectors = (Libc.IoVector*)Unsafe.AsPointer(ref _vectors[i]);
            header.VectorCount = 1;
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

    /// <summary>Makes message <paramref name="index"/> ready to be received into: the kernel has overwritten the address's length.</summary>
    public void Reset(int index) => _headers[index].Header.NameLength = _nameLength;
}
