using System.Buffers.Binary;
using System.Text;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;

namespace Streaming.Client.Peers;

/// <summary>The transport numbers of one peer, counted over all that it sends.</summary>
internal sealed class TransportNumbers
{
    private SequenceNumber _next = new(1);

    /// <summary>How many were given.</summary>
    public long Count { get; private set; }

    /// <summary>Takes the next.</summary>
    public SequenceNumber Take()
    {
        var number = _next;
        (_next, Count) = (number.Next, Count + 1);
        return number;
    }
}

/// <summary>Writes the headers of one stream, with the extension elements that its section was answered.</summary>
/// <param name="section">The answer.</param>
/// <param name="rid">The simulcast layer; null for a single stream.</param>
/// <param name="isRetransmission">Whether the layer is the one that is repaired.</param>
/// <param name="numbers">Where transport numbers come from.</param>
internal sealed class SentHeaders(AnsweredSection section, string? rid, bool isRetransmission, TransportNumbers numbers)
{
    /// <summary>The most that a header takes: three elements of 16, 16 and 2 bytes.</summary>
    public const int MostBytes = RtpWriter.HeaderLength + 4 + 40;

    private readonly byte[] _mid = Encoding.ASCII.GetBytes(section.Mid);
    private readonly byte[] _rid = Encoding.ASCII.GetBytes(rid ?? "");
    private readonly byte _midId = section.ExtensionOf(HeaderExtensionUris.Mid);
    private readonly byte _ridId = section.ExtensionOf(isRetransmission ? HeaderExtensionUris.RepairedRid : HeaderExtensionUris.Rid);
    private readonly byte _numberId = section.ExtensionOf(HeaderExtensionUris.TransportCc);

    /// <summary>Whether the receiver has reported of the stream: then its names are left out, as browsers do (RFC 8852 leaves it to the sender).</summary>
    public bool IsKnown { get; set; }

    /// <summary>Writes a header.</summary>
    /// <param name="slot">At least <see cref="MostBytes"/>.</param>
    /// <param name="marker">The marker bit.</param>
    /// <param name="payloadType">The payload type.</param>
    /// <param name="number">The sequence number.</param>
    /// <param name="timestamp">The timestamp.</param>
    /// <param name="ssrc">The stream.</param>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> slot, bool marker, PayloadType payloadType, SequenceNumber number, uint timestamp, Ssrc ssrc)
    {
        var length = RtpWriter.WriteHeader(slot, marker, payloadType, number, timestamp, ssrc);
        var elements = slot[(length + 4)..];
        var at = 0;
        if (_numberId != 0)
        {
            Span<byte> transportNumber = stackalloc byte[TransportNumber.Length];
            TransportNumber.Write(transportNumber, numbers.Take());
            Add(elements, ref at, _numberId, transportNumber);
        }

        if (!IsKnown)
        {
            Add(elements, ref at, _midId, _mid);
            Add(elements, ref at, _ridId, _rid);
        }

        if (at == 0)
        {
            return length;
        }

        while (at % 4 != 0)
        {
            elements[at++] = 0;
        }

        slot[0] |= 0x10;
        BinaryPrimitives.WriteUInt32BigEndian(slot[length..], (uint)HeaderExtensionForms.OneByte << 16 | (uint)at / 4);
        return length + 4 + at;
    }

    private static void Add(Span<byte> elements, ref int at, byte id, ReadOnlySpan<byte> data)
    {
        if (id == 0 || data.IsEmpty)
        {
            return;
        }

        elements[at++] = (byte)(id << 4 | (data.Length - 1));
        data.CopyTo(elements[at..]);
        at += data.Length;
    }
}
