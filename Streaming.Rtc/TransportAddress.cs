using System.Buffers.Binary;
using System.Net;

namespace Streaming.Rtc;

/// <summary>An IP address and port as a value: a key for tables, free to copy, no allocation.</summary>
/// <remarks>
/// IPv4 is kept in its IPv4-mapped IPv6 form (RFC 4291 §2.5.5.2), so that one form compares equal to itself. A peer that is reached by a TCP
/// connection has that connection's number in its address: the same port by UDP, or by a later connection, is another address.
/// </remarks>
public readonly struct TransportAddress : IEquatable<TransportAddress>
{
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ulong _path;   // the connection's number above 16 bits of port

    private TransportAddress(ulong high, ulong low, ulong path) => (_high, _low, _path) = (high, low, path);

    /// <summary>The port in host order.</summary>
    public ushort Port => (ushort)_path;

    /// <summary>The number of the TCP connection by which this peer is reached, from 1 on; 0 by UDP.</summary>
    internal uint Connection => (uint)(_path >> 16);

    /// <summary>Whether this peer is reached by a TCP connection.</summary>
    internal bool IsTcp => _path > ushort.MaxValue;

    /// <summary>Whether this is an IPv4 address (in mapped form).</summary>
    public bool IsIPv4 => _high == 0 && _low >> 32 == 0xFFFF;

    /// <summary>The IPv4 address as a big-endian number. Only for <see cref="IsIPv4"/>.</summary>
    public uint IPv4 => (uint)_low;

    /// <summary>The same IP address with port 0: tells machines apart, or the networks that share an address.</summary>
    internal TransportAddress Machine => new(_high, _low, 0);

    /// <summary>The same peer by a TCP connection.</summary>
    /// <param name="connection">Its number, 1 or more.</param>
    internal TransportAddress By(uint connection) => new(_high, _low, ((ulong)connection << 16) | Port);

    /// <summary>The network that somebody has to himself: an IPv4 address, or the first 64 bits of an IPv6 one.</summary>
    internal TransportAddress Network => new(_high, IsIPv4 ? _low : 0, 0);

    /// <summary>Makes an address from an IPv4 number (big-endian order) and a port.</summary>
    public static TransportAddress FromIPv4(uint address, ushort port) => new(0, 0xFFFF_0000_0000UL | address, port);

    /// <summary>Makes an address from 16 bytes of IPv6 in network order.</summary>
    /// <param name="address">At least 16 bytes.</param>
    /// <param name="port">The port.</param>
    public static TransportAddress FromIPv6(ReadOnlySpan<byte> address, ushort port) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), port);

    /// <summary>Makes an address from the framework's endpoint.</summary>
    public static TransportAddress From(IPEndPoint endpoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(bytes, out var written);
        return written == 4
            ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)endpoint.Port)
            : FromIPv6(bytes, (ushort)endpoint.Port);
    }

    /// <summary>Writes the address as 16 bytes of IPv6 in network order.</summary>
    /// <param name="destination">At least 16 bytes.</param>
    public void WriteIPv6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    /// <summary>The framework's endpoint; allocates, so not for the packet path.</summary>
    public IPEndPoint ToIPEndPoint()
    {
        if (IsIPv4)
        {
            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(four, IPv4);
            return new IPEndPoint(new IPAddress(four), Port);
        }

        Span<byte> bytes = stackalloc byte[16];
        WriteIPv6(bytes);
        return new IPEndPoint(new IPAddress(bytes), Port);
    }

    /// <inheritdoc/>
    public bool Equals(TransportAddress other) => _low == other._low && _high == other._high && _path == other._path;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TransportAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _path);

    /// <summary>Whether both name the same address, port and connection.</summary>
    public static bool operator ==(TransportAddress left, TransportAddress right) => left.Equals(right);

    /// <summary>Whether they differ in address, port or connection.</summary>
    public static bool operator !=(TransportAddress left, TransportAddress right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => IsTcp ? $"{ToIPEndPoint()} by TCP" : ToIPEndPoint().ToString();
}
