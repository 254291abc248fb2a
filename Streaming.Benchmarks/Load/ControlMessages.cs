using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Streaming.Benchmarks.Load;

/// <summary>What the kernel says of a received message beside its bytes.</summary>
/// <param name="SegmentSize">The length of each datagram in it but the last (UDP_GRO); 0 when it is one datagram.</param>
/// <param name="ReceivedAt">When it came, in nanoseconds of CLOCK_REALTIME (SO_TIMESTAMPNS); 0 when that was not said.</param>
internal readonly record struct ReceiveNotes(int SegmentSize, long ReceivedAt);

/// <summary>Reads the ancillary data of received messages (cmsg(3)), of 64-bit Linux.</summary>
internal static class ControlMessages
{
    /// <summary>Room for both notes.</summary>
    public const int Room = 64;

    /// <summary>The option by which a socket takes segmented batches whole, and the note that then comes (UDP_GRO).</summary>
    public const int UdpGro = 104;

    /// <summary>The option by which a socket notes when a datagram came, and that note (SO_TIMESTAMPNS).</summary>
    public const int TimestampNanoseconds = 35;

    /// <summary>The level of <see cref="TimestampNanoseconds"/> (SOL_SOCKET).</summary>
    public const int SocketLevel = 1;

    /// <summary>The level of <see cref="UdpGro"/> (SOL_UDP).</summary>
    public const int UdpLevel = 17;

    private const int HeaderLength = 16;

    /// <summary>Reads what is known; anything else, and whatever is cut off, is passed over.</summary>
    /// <param name="control">As long as the kernel said.</param>
    public static ReceiveNotes Read(ReadOnlySpan<byte> control)
    {
        var (segment, receivedAt) = (0, 0L);
        while (control.Length >= HeaderLength)
        {
            var length = MemoryMarshal.Read<ulong>(control);
            if (length < HeaderLength || length > (ulong)control.Length)
            {
                break;
            }

            var data = control[HeaderLength..(int)length];
            switch (MemoryMarshal.Read<int>(control[8..]), MemoryMarshal.Read<int>(control[12..]))
            {
                case (UdpLevel, UdpGro) when data.Length >= sizeof(int):
                    segment = BinaryPrimitives.ReadInt32LittleEndian(data);
                    break;
                case (SocketLevel, TimestampNanoseconds) when data.Length >= 2 * sizeof(long):
                    receivedAt = (MemoryMarshal.Read<long>(data) * 1_000_000_000) + MemoryMarshal.Read<long>(data[8..]);
                    break;
            }

            control = control[Math.Min(control.Length, ((int)length + 7) & ~7)..];
        }

        return new ReceiveNotes(segment, receivedAt);
    }
}

/// <summary>Walks through the datagrams of a received message: all of one size, the last perhaps shorter.</summary>
/// <param name="bytes">The message.</param>
/// <param name="segmentSize">0 when it is one datagram.</param>
internal ref struct DatagramSplitter(Span<byte> bytes, int segmentSize)
{
    private Span<byte> _rest = bytes;

    /// <summary>The datagram.</summary>
    public Span<byte> Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly DatagramSplitter GetEnumerator() => this;

    /// <summary>Goes to the next.</summary>
    public bool MoveNext()
    {
        var length = segmentSize > 0 ? Math.Min(segmentSize, _rest.Length) : _rest.Length;
        Current = _rest[..length];
        _rest = _rest[length..];
        return length > 0;
    }
}
