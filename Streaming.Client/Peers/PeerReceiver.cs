using System.Net.Sockets;
using System.Runtime.Versioning;
using Streaming.Rtc;
using Streaming.Rtc.Net;

namespace Streaming.Client.Peers;

/// <summary>Looks at the sockets of many peers without waiting, and hands over what has come.</summary>
internal abstract class PeerReceiver
{
    /// <summary>The one for this system.</summary>
    public static PeerReceiver Create() =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess ? new LinuxPeerReceiver() : new PortablePeerReceiver();

    /// <summary>Hands every datagram that is there to its peer.</summary>
    public abstract void Receive(List<LoopPeer> peers, Instant now);
}

/// <summary>One <c>ppoll</c> for all sockets, then <c>recvmmsg</c> for those that have something.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxPeerReceiver : PeerReceiver
{
    private readonly DatagramSlab _slab = new(64);
    private readonly MessageTable _messages = new(64, ipv6: true);   // sized for both families; a connected socket's sender is known
    private Libc.PollDescriptor[] _descriptors = GC.AllocateArray<Libc.PollDescriptor>(128, pinned: true);

    public LinuxPeerReceiver()
    {
        fixed (byte* slots = _slab.Buffer)   // pinned for good; this only takes the address
        {
            for (var i = 0; i < _slab.Slots; i++)
            {
                _messages.Point(i, slots + (i * DatagramSlab.SlotSize), DatagramSlab.SlotSize);
            }
        }
    }

    /// <inheritdoc/>
    public override void Receive(List<LoopPeer> peers, Instant now)
    {
        if (peers.Count > _descriptors.Length)
        {
            _descriptors = GC.AllocateArray<Libc.PollDescriptor>(2 * peers.Count, pinned: true);
        }

        for (var i = 0; i < peers.Count; i++)
        {
            // The kernel passes over a negative descriptor.
            var descriptor = peers[i].Socket is { } socket ? (int)socket.SafeHandle.DangerousGetHandle() : -1;
            _descriptors[i] = new Libc.PollDescriptor { Descriptor = descriptor, Events = Libc.PollIn };
        }

        Libc.TimeSpec none = default;
        fixed (Libc.PollDescriptor* descriptors = _descriptors)
        {
            if (Libc.Poll(descriptors, (nuint)peers.Count, &none, null) <= 0)
            {
                return;
            }
        }

        for (var i = 0; i < peers.Count; i++)
        {
            if (_descriptors[i].Happened != 0)
            {
                ReceiveAll(peers[i], _descriptors[i].Descriptor, now);
            }
        }
    }

    private void ReceiveAll(LoopPeer peer, int descriptor, Instant now)
    {
        int received;
        do
        {
            for (var i = 0; i < _slab.Slots; i++)
            {
                _messages.Reset(i);
            }

            received = Libc.ReceiveMessages(descriptor, _messages.From(0), (uint)_slab.Slots, Libc.DontWait, null);
            for (var i = 0; i < received; i++)
            {
                var length = Math.Min((int)_messages.From(i)->Length, DatagramSlab.SlotSize);
                peer.Receive(now, _slab.Buffer.AsSpan(i * DatagramSlab.SlotSize, length));
            }
        }
        while (received == _slab.Slots);
    }
}

/// <summary>Asks every socket in turn.</summary>
internal sealed class PortablePeerReceiver : PeerReceiver
{
    private readonly byte[] _datagram = new byte[DatagramSlab.SlotSize];

    /// <inheritdoc/>
    public override void Receive(List<LoopPeer> peers, Instant now)
    {
        foreach (var peer in peers)
        {
            while (peer.Socket is { } socket)
            {
                var length = socket.Receive(_datagram, SocketFlags.None, out var error);
                if (error == SocketError.ConnectionReset || error == SocketError.ConnectionRefused)
                {
                    continue;   // an echo of something that we sent before the server was there
                }

                if (error != SocketError.Success)
                {
                    break;
                }

                peer.Receive(now, _datagram.AsSpan(0, length));
            }
        }
    }
}
