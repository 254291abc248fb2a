using System.Net;
using System.Net.Sockets;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net;

/// <summary>A UDP port by the framework's sockets: one datagram per call, on every system.</summary>
/// <remarks>
/// Only its worker's thread calls it, but <see cref="Wake"/>, which any thread may call at any time, after disposal too. A wait on a
/// framework socket ends only when a datagram comes, so a second small socket sends one, which is never shown to the caller.
/// </remarks>
internal sealed class SocketUdpPort : IUdpPort
{
    private readonly Socket _socket;
    private readonly Socket _waker;
    private readonly SocketAddress _self;
    private readonly TransportAddress _wakerAddress;
    private readonly bool _ipv6;
    private readonly SocketAddress _from;
    private readonly SocketAddress _to;

    /// <summary>Takes over a socket of <see cref="BoundSocket.Open"/>.</summary>
    public SocketUdpPort(Socket socket)
    {
        _socket = socket;
        _ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _from = LocalEndPoint.Serialize();
        _to = LocalEndPoint.Serialize();
        var self = new IPEndPoint(Reachable(LocalEndPoint.Address), LocalEndPoint.Port);
        _self = self.Serialize();
        _waker = BoundSocket.Open(self.Address, 0);
        _wakerAddress = TransportAddress.From((IPEndPoint)_waker.LocalEndPoint!);
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public long SendFailures { get; private set; }

    /// <inheritdoc/>
    public long Messages => Datagrams;

    /// <inheritdoc/>
    public long Datagrams { get; private set; }

    /// <inheritdoc/>
    public string? SegmentationError => null;

    /// <inheritdoc/>
    public void Receive(DatagramSlab slab, TimeSpan wait)
    {
        slab.Clear();
        for (var tries = 0; tries < slab.Slots && IsReadable(tries == 0 ? wait : TimeSpan.Zero); tries++)
        {
            if (TryReceive(slab, out var from, out var length) && from != _wakerAddress)
            {
                slab.Fill(from, length);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Does nothing: the framework sleeps in milliseconds, and each datagram is a call of its own anyway.</remarks>
    public void Pause(TimeSpan time)
    {
    }

    /// <inheritdoc/>
    public void Wake()
    {
        try
        {
            _waker.SendTo([0], SocketFlags.None, _self);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Closed: nobody waits any more. No room: datagrams are waiting, and so is nobody.
        }
    }

    /// <inheritdoc/>
    public void Send(SendBatch batch)
    {
        foreach (ref readonly var datagram in batch.Queued)
        {
            if (TrySend(batch.Buffer.AsSpan(datagram.Offset, datagram.Length), datagram.To))
            {
                Datagrams++;
            }
            else
            {
                SendFailures++;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _waker.Dispose();
    }

    private static IPAddress Reachable(IPAddress bound) =>
        bound.Equals(IPAddress.Any) ? IPAddress.Loopback
        : bound.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : bound;

    // The framework waits in whole milliseconds and cuts the rest off: what is left of a wait must not become a busy loop.
    private bool IsReadable(TimeSpan wait) =>
        _socket.Poll(
            wait <= TimeSpan.Zero ? 0 : (int)Math.Min(Math.Ceiling(wait.TotalMilliseconds) * 1_000, int.MaxValue), SelectMode.SelectRead);

    private bool TryReceive(DatagramSlab slab, out TransportAddress from, out int length)
    {
        try
        {
            length = _socket.ReceiveFrom(slab.Free.Span, SocketFlags.None, _from);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
        {
            length = DatagramSlab.SlotSize;
        }
        catch (SocketException)
        {
            // Gone again (a bad checksum), or an ICMP error of a peer that left: no datagram either way.
            (from, length) = (default, 0);
            return false;
        }

        from = SocketAddressBytes.Read(_from.Buffer.Span, _ipv6);
        return true;
    }

    private bool TrySend(ReadOnlySpan<byte> datagram, TransportAddress to)
    {
        if (!SocketAddressBytes.TryWrite(_to.Buffer.Span, to, _ipv6))
        {
            return false;
        }

        try
        {
            return _socket.SendTo(datagram, SocketFlags.None, _to) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;   // no room, no route, no such address
        }
    }
}
