using System.Buffers.Binary;

namespace Streaming.Rtc.Net;

/// <summary>Turns addresses into the bytes of a native socket address and back, in place.</summary>
/// <remarks>
/// Port and address lie at the same offsets on every system; only the family's number and place differ, so whoever owns the
/// bytes sets the family once. On an IPv6 socket an IPv4 peer appears in mapped form (RFC 3493 §3.7).
/// </remarks>
internal static class SocketAddressBytes
{
    private const int PortAt = 2;
    private const int IPv4At = 4;
    private const int IPv6At = 8;

    /// <summary>Bytes of a socket address: 16 for IPv4, 28 for IPv6.</summary>
    public static int Length(bool ipv6) => ipv6 ? 28 : 16;

    /// <summary>The family as Linux numbers it: the first two bytes, in the machine's order.</summary>
    public static ushort LinuxFamily(bool ipv6) => ipv6 ? (ushort)10 : (ushort)2;

    /// <summary>Writes port and address.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes, with the family set and everything else zero or written by this method.</param>
    /// <param name="address">Where a datagram goes.</param>
    /// <param name="ipv6">Whether the socket is an IPv6 one.</param>
    /// <returns>False when an IPv4 socket is asked to reach an IPv6 peer.</returns>
    public static bool TryWrite(Span<byte> destination, TransportAddress address, bool ipv6)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[PortAt..], address.Port);
        if (ipv6)
        {
            address.WriteIPv6(destination[IPv6At..]);
            return true;
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination[IPv4At..], address.IPv4);
        return address.IsIPv4;
    }

    /// <summary>Reads port and address.</summary>
    /// <param name="source">A socket address of the socket's family.</param>
    /// <param name="ipv6">Whether the socket is an IPv6 one.</param>
    public static TransportAddress Read(ReadOnlySpan<byte> source, bool ipv6)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[PortAt..]);
        return ipv6
            ? TransportAddress.FromIPv6(source[IPv6At..], port)
            : TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(source[IPv4At..]), port);
    }
}
