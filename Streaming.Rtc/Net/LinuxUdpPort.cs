using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net;

/// <summary>A UDP port by <c>recvmmsg</c> and <c>sendmmsg</c>: one system call moves up to 64 datagrams, straight from and to pinned memory.</summary>
/// <remarks>Only its worker's thread calls it, but <see cref="Wake"/>, which any thread may call at any time, after disposal too.</remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxUdpPort : IUdpPort
{
    private const int MaxMessages = 64;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly bool _ipv6;
    private readonly SafeFileHandle _wake;
    private readonly int _wakeDescriptor;
    private readonly MessageTable _outgoing;
    private MessageTable? _incoming;
    private DatagramSlab? _slab;
    private bool _more;

    /// <summary>Takes over a socket of <see cref="BoundSocket.Open"/>.</summary>
    public LinuxUdpPort(Socket socket)
    {
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        _ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _wake = Libc.CreateEvent();
        _wakeDescriptor = (int)_wake.DangerousGetHandle();
        _outgoing = new MessageTable(MaxMessages, _ipv6);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public long SendFailures { get; private set; }

    /// <inheritdoc/>
    public void Receive(DatagramSlab slab, TimeSpan wait)
    {
        slab.Clear();
        var incoming = TableFor(slab);

        // A slab that was full leaves more behind: asking whether something is there would be a wasted call.
        if (!_more && wait > TimeSpan.Zero)
        {
            WaitForDatagram(wait);
        }

        _more = false;
        while (slab.Count < slab.Slots)
        {
            var asked = Math.Min(slab.Slots - slab.Count, MaxMessages);
            var received = ReceiveInto(incoming, slab, asked);
            if (received < asked)
            {
                return;
            }
        }

        _more = true;
    }

    /// <inheritdoc/>
    public void Wake()
    {
        try
        {
            Libc.SetEvent(_wake);
        }
        catch (ObjectDisposedException)
        {
            // The port is closed, so nobody waits any more.
        }
    }

    /// <inheritdoc/>
    public void Send(SendBatch batch)
    {
        var queued = batch.Queued;
        fixed (byte* bytes = batch.Buffer)
        {
            while (!queued.IsEmpty)
            {
                var taken = Compose(queued, bytes, out var messages);
                SendMessages(messages);
                queued = queued[taken..];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _wake.Dispose();
    }

    private void WaitForDatagram(TimeSpan wait)
    {
        var descriptors = stackalloc Libc.PollDescriptor[]
        {
            new Libc.PollDescriptor { Descriptor = _descriptor, Events = Libc.PollIn },
            new Libc.PollDescriptor { Descriptor = _wakeDescriptor, Events = Libc.PollIn },
        };
        var timeout = Libc.TimeSpec.From(wait);

        // An interrupted wait is a short one; whoever calls in a loop asks again.
        if (Libc.Poll(descriptors, 2, &timeout, null) > 0 && descriptors[1].Happened != 0)
        {
            Libc.ClearEvent(_wakeDescriptor);
        }
    }

    private int ReceiveInto(MessageTable incoming, DatagramSlab slab, int asked)
    {
        var first = slab.Count;
        for (var i = 0; i < asked; i++)
        {
            incoming.Reset(first + i);
        }

        int received;
        do
        {
            received = Libc.ReceiveMessages(_descriptor, incoming.From(first), (uint)asked, Libc.DontWait, null);
        }
        while (received < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);

        for (var i = first; i < first + received; i++)
        {
            var message = incoming.From(i);
            var truncated = (message->Header.Flags & Libc.Truncated) != 0;
            slab.Fill(
                SocketAddressBytes.Read(incoming.Name(i), _ipv6), truncated ? DatagramSlab.SlotSize : (int)message->Length);
        }

        return received;
    }

    // The only place that decides what a message carries; today one datagram each. A segmented send puts a run of datagrams for one
    // address, which lie without gaps in the batch, into one message here.
    private int Compose(ReadOnlySpan<OutgoingDatagram> queued, byte* bytes, out int messages)
    {
        messages = 0;
        var taken = 0;
        while (taken < queued.Length && messages < MaxMessages)
        {
            ref readonly var datagram = ref queued[taken++];
            if (!SocketAddressBytes.TryWrite(_outgoing.Name(messages), datagram.To, _ipv6))
            {
                SendFailures++;
                continue;
            }

            _outgoing.Point(messages++, bytes + datagram.Offset, datagram.Length);
        }

        return taken;
    }

    // The kernel stops at a message that it refuses: no room, no route, an address it does not like. That one is lost, and the next has its
    // turn: a small voice packet may still find the room that a picture did not.
    private void SendMessages(int messages)
    {
        var next = 0;
        while (next < messages)
        {
            var sent = Libc.SendMessages(_descriptor, _outgoing.From(next), (uint)(messages - next), Libc.DontWait);
            if (sent > 0)
            {
                next += sent;
            }
            else if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                SendFailures++;
                next++;
            }
        }
    }

    private MessageTable TableFor(DatagramSlab slab)
    {
        if (_slab == slab)
        {
            return _incoming!;
        }

        _incoming = new MessageTable(slab.Slots, _ipv6);
        _slab = slab;
        fixed (byte* slots = slab.Buffer)   // pinned for good; this only takes the address
        {
            for (var i = 0; i < slab.Slots; i++)
            {
                _incoming.Point(i, slots + (i * DatagramSlab.SlotSize), DatagramSlab.SlotSize);
            }
        }

        return _incoming;
    }
}
