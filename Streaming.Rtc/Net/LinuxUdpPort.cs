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
    private readonly MessageSender _sender;
    private MessageTable? _incoming;
    private DatagramSlab? _slab;
    private bool _more;

    /// <summary>Takes over a socket of <see cref="BoundSocket.Open"/>.</summary>
    /// <param name="socket">Bound and not blocking.</param>
    /// <param name="segments">Whether to send runs of datagrams for one address as one message, where the kernel can.</param>
    public LinuxUdpPort(Socket socket, bool segments = true)
    {
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        _ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _wake = Libc.CreateEvent();
        _wakeDescriptor = (int)_wake.DangerousGetHandle();
        _sender = new MessageSender(_descriptor, _ipv6, segments && KnowsSegments(socket));
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public long SendFailures => _sender.Failures;

    /// <inheritdoc/>
    public long Messages => _sender.Messages;

    /// <inheritdoc/>
    public long Datagrams => _sender.Datagrams;

    /// <inheritdoc/>
    public bool IsSegmenting => _sender.IsSegmenting;

    /// <inheritdoc/>
    public string? SegmentationError => _sender.SegmentationError;

    /// <inheritdoc/>
    public void Receive(DatagramSlab slab, TimeSpan wait)
    {
        slab.Clear();
        var incoming = TableFor(slab);

        // A slab that was full leaves more behind: asking whether something is there would be a wasted call.
        if (!_more && wait > TimeSpan.Zero)
        {
            Wait(wait);
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
    public void Pause(TimeSpan time)
    {
        var timeout = Libc.TimeSpec.From(time);
        _ = Libc.Poll(null, 0, &timeout, null);
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
    public void Send(SendBatch batch) => _sender.Send(batch);

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _wake.Dispose();
    }

    private static bool KnowsSegments(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(Libc.SolUdp, Libc.UdpSegment, BitConverter.GetBytes(0));
            return true;
        }
        catch (SocketException)
        {
            return false;   // a kernel before 4.18
        }
    }

    // An interrupted wait is a short one; whoever calls in a loop asks again. Whoever was woken has to go and see why: the event is cleared.
    private void Wait(TimeSpan wait)
    {
        var descriptors = stackalloc Libc.PollDescriptor[]
        {
            new Libc.PollDescriptor { Descriptor = _descriptor, Events = Libc.PollIn },
            new Libc.PollDescriptor { Descriptor = _wakeDescriptor, Events = Libc.PollIn },
        };
        var timeout = Libc.TimeSpec.From(wait);
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
