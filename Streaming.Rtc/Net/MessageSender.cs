using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net;

/// <summary>Makes messages of batches, one of each run of datagrams for an address, hands them to the kernel, and copes with what that refuses.</summary>
/// <remarks>Belongs to one <see cref="LinuxUdpPort"/>; only its worker's thread calls it.</remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class MessageSender
{
    private const int MaxMessages = 64;

    // More at once would not be cheaper, and the first would wait for the last to be written.
    private const int MaxSegmentedMessages = 16;

    // Kernels before 6.9 take 64 datagrams in one message, and an IPv4 datagram's length has 16 bits.
    private const int MaxSegments = 64;
    private const int MaxSegmentedBytes = 64_000;

    private readonly int _descriptor;
    private readonly bool _ipv6;
    private readonly Segmentation _segmentation;
    private readonly MessageTable _outgoing;
    private readonly MessageTable _single;
    private readonly int[] _carried = new int[MaxMessages];   // datagrams of each outgoing message

    /// <param name="descriptor">The port's socket, which stays its own.</param>
    /// <param name="ipv6">Whether that is an IPv6 one.</param>
    /// <param name="segments">Whether to send runs as one message.</param>
    public MessageSender(int descriptor, bool ipv6, bool segments)
    {
        (_descriptor, _ipv6) = (descriptor, ipv6);
        _segmentation = new Segmentation(segments);
        _outgoing = new MessageTable(MaxMessages, ipv6, segments: true);
        _single = new MessageTable(1, ipv6);
    }

    /// <inheritdoc cref="IUdpPort.SendFailures"/>
    public long Failures { get; private set; }

    /// <inheritdoc cref="IUdpPort.Messages"/>
    public long Messages { get; private set; }

    /// <inheritdoc cref="IUdpPort.Datagrams"/>
    public long Datagrams { get; private set; }

    /// <inheritdoc cref="IDatagramSink.IsSegmenting"/>
    public bool IsSegmenting => _segmentation.IsOn;

    /// <inheritdoc cref="IUdpPort.SegmentationError"/>
    public string? SegmentationError => _segmentation.Error;

    /// <inheritdoc cref="IDatagramSink.Send"/>
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

    // The only place that decides what a message carries: a run of datagrams for one address, of one size but for the last, or a single one.
    private int Compose(ReadOnlySpan<OutgoingDatagram> queued, byte* bytes, out int messages)
    {
        messages = 0;
        var taken = 0;
        var most = _segmentation.IsOn ? MaxSegmentedMessages : MaxMessages;
        while (taken < queued.Length && messages < most)
        {
            ref readonly var first = ref queued[taken];
            var carried = 1;
            var length = _segmentation.IsOn ? Run(queued[taken..], out carried) : first.Length;
            taken += carried;
            if (!SocketAddressBytes.TryWrite(_outgoing.Name(messages), first.To, _ipv6))
            {
                Failures += carried;
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
                var datagrams = 0;
                for (var end = next + sent; next < end; next++)
                {
                    datagrams += _carried[next];
                }

                (Messages, Datagrams) = (Messages + sent, Datagrams + datagrams);
                _segmentation.Passed(sent, datagrams);
            }
            else if (Marshal.GetLastPInvokeError() is var error && error != Libc.Interrupted)
            {
                Refused(next++, error);
            }
        }
    }

    private void Refused(int message, int error)
    {
        if (_carried[message] == 1 || Segmentation.IsOfTheMoment(error))
        {
            Failures += _carried[message];
            return;
        }

        // A path with a smaller MTU takes the datagrams one by one, in fragments; and so does one whose device cannot segment. But the
        // address may be at fault as well: only where single ones pass is it the segmenting that is refused.
        if (SendOneByOne(message))
        {
            _segmentation.Refused(SocketAddressBytes.Read(_outgoing.Name(message), _ipv6), error);
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
        Failures += _carried[message] - passed;
        return passed > 0;
    }
}
