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

    // More at once would not be cheaper, and the first would wait for the last to be written.
    private const int MaxSegmentedMessages = 16;

    // Kernels before 6.9 take 64 datagrams in one message, and an IPv4 datagram's length has 16 bits.
    private const int MaxSegments = 64;
    private const int MaxSegmentedBytes = 64_000;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly bool _ipv6;
    private readonly SafeFileHandle _wake;
    private readonly int _wakeDescriptor;
    private readonly MessageTable _outgoing;
    private readonly MessageTable _single;
    private readonly int[] _carried = new int[MaxMessages];   // datagrams of each outgoing message
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
        _outgoing = new MessageTable(MaxMessages, _ipv6, segments: true);
        _single = new MessageTable(1, _ipv6);
        IsSegmenting = segments && KnowsSegments(socket);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public long SendFailures { get; private set; }

    /// <inheritdoc/>
    public long Messages { get; private set; }

    /// <inheritdoc/>
    public long Datagrams { get; private set; }

    /// <inheritdoc/>
    public bool IsSegmenting { get; private set; }

    /// <inheritdoc/>
    public int SegmentationError { get; private set; }

    /// <inheritdoc/>
    public void Receive(DatagramSlab slab, TimeSpan wait, TimeSpan gather = default)
    {
        slab.Clear();
        var incoming = TableFor(slab);

        // A slab that was full leaves more behind: asking whether something is there would be a wasted call.
        if (!_more && wait > TimeSpan.Zero)
        {
            WaitForDatagram(wait, gather);
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

    private void WaitForDatagram(TimeSpan wait, TimeSpan gather)
    {
        if (gather <= TimeSpan.Zero)
        {
            Poll(wait);
        }
        else if (Poll(TimeSpan.Zero) == Waited.InVain && Poll(wait) == Waited.ForDatagram)
        {
            var window = Libc.TimeSpec.From(gather);
            _ = Libc.Poll(null, 0, &window, null);
        }
    }

    // An interrupted wait is a short one; whoever calls in a loop asks again. Whoever was woken has to go and see why: the event is cleared.
    private Waited Poll(TimeSpan wait)
    {
        var descriptors = stackalloc Libc.PollDescriptor[]
        {
            new Libc.PollDescriptor { Descriptor = _descriptor, Events = Libc.PollIn },
            new Libc.PollDescriptor { Descriptor = _wakeDescriptor, Events = Libc.PollIn },
        };
        var timeout = Libc.TimeSpec.From(wait);
        if (Libc.Poll(descriptors, 2, &timeout, null) <= 0)
        {
            return Waited.InVain;
        }

        if (descriptors[1].Happened != 0)
        {
            Libc.ClearEvent(_wakeDescriptor);
        }

        return descriptors[0].Happened != 0 ? Waited.ForDatagram : Waited.UntilWoken;
    }

    /// <summary>How a wait has ended.</summary>
    private enum Waited
    {
        /// <summary>Nothing happened.</summary>
        InVain,

        /// <summary>By <see cref="Wake"/>.</summary>
        UntilWoken,

        /// <summary>A datagram is there; perhaps it was woken as well.</summary>
        ForDatagram,
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

    // The only place that decides what a message carries: a run of datagrams for one address, of one size but for the last, or a single one.
    private int Compose(ReadOnlySpan<OutgoingDatagram> queued, byte* bytes, out int messages)
    {
        messages = 0;
        var taken = 0;
        var most = IsSegmenting ? MaxSegmentedMessages : MaxMessages;
        while (taken < queued.Length && messages < most)
        {
            ref readonly var first = ref queued[taken];
            var carried = 1;
            var length = IsSegmenting ? Run(queued[taken..], out carried) : first.Length;
            taken += carried;
            if (!SocketAddressBytes.TryWrite(_outgoing.Name(messages), first.To, _ipv6))
            {
                SendFailures += carried;
                continue;
            }

            _outgoing.Point(messages, bytes + first.Offset, length);
            _outgoing.Segment(messages, carried > 1 ? first.Length : 0);
            _carried[messages++] = carried;
        }

        return taken;
    }

    private static int Run(ReadOnlySpan<OutgoingDatagram> queued, out int datagrams)
    {
        ref readonly var first = ref queued[0];
        var length = first.Length;
        for (datagrams = 1; datagrams < queued.Length && datagrams < MaxSegments; datagrams++)
        {
            ref readonly var next = ref queued[datagrams];
            if (next.Length > first.Length || length + next.Length > MaxSegmentedBytes || next.To != first.To)
            {
                break;
            }

            length += next.Length;
            if (next.Length < first.Length)
            {
                datagrams++;
                break;   // only the last may be shorter
            }
        }

        return length;
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
                Messages += sent;
                for (var end = next + sent; next < end; next++)
                {
                    Datagrams += _carried[next];
                }
            }
            else if (Marshal.GetLastPInvokeError() is var error && error != Libc.Interrupted)
            {
                Refused(next++, error);
            }
        }
    }

    private void Refused(int message, int error)
    {
        if (_carried[message] == 1 || error == Libc.NoRoom)
        {
            SendFailures += _carried[message];
            return;
        }

        // A path with a smaller MTU takes the datagrams one by one, in fragments; and so does one whose device cannot segment. But the
        // address may be at fault as well: only where single ones pass is it the segmenting that is refused, and then everywhere.
        if (SendOneByOne(message) && error != Libc.MessageTooLong)
        {
            (IsSegmenting, SegmentationError) = (false, error);
        }
    }

    private bool SendOneByOne(int message)
    {
        _outgoing.Name(message).CopyTo(_single.Name(0));
        var vector = *_outgoing.From(message)->Header.Vectors;
        var size = _outgoing.SegmentSize(message);
        var passed = 0;
        for (nuint at = 0; at < vector.Length; at += (nuint)size)
        {
            _single.Point(0, vector.Base + at, (int)Math.Min((nuint)size, vector.Length - at));
            int sent;
            do
            {
                sent = Libc.SendMessages(_descriptor, _single.From(0), 1, Libc.DontWait);
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);

            passed += sent > 0 ? 1 : 0;
        }

        Messages += passed;
        Datagrams += passed;
        SendFailures += _carried[message] - passed;
        return passed > 0;
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
