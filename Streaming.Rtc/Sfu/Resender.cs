using System.Security.Cryptography;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Answers one slot's NACKs by RTX (RFC 4588), whose stream has numbers of its own: a nonce is never used twice.</summary>
/// <remarks>Belongs to one <see cref="DownTrack"/>; only its RTC worker calls it.</remarks>
internal sealed class Resender(Ssrc ssrc, PayloadType? paddingType, WatcherTransport owner, OutboundSrtpStream stream, ViewerLink? link, WatchCounters counters)
{
    private const int MostPieces = 6;
    private readonly ResendHistory _history = new();
    private uint _timestamp = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
    private SequenceNumber _number = new((ushort)RandomNumberGenerator.GetInt32(32_768));

    /// <inheritdoc cref="ResendHistory.Note"/>
    public void Note(Instant now, SequenceNumber number, SequenceNumber source, uint timestamp) => _history.Note(now, number, source, timestamp);

    /// <summary>Forgets what was sent: another stream fills the slot.</summary>
    public void Clear() => _history.Clear();

    /// <summary>Sends nothing but padding (RFC 4588 §4 lets it), as much as a probe's packet is to weigh; in pieces, for padding has 255 bytes at most.</summary>
    /// <param name="now">The time.</param>
    /// <param name="bytes">How much, on the wire.</param>
    /// <param name="probe">The probe that its first piece belongs to.</param>
    /// <param name="batch">What leaves.</param>
    public void Pad(Instant now, int bytes, byte probe, SendBatch batch)
    {
        if (link is null || paddingType is not { } payloadType)
        {
            return;
        }

        const int overhead = WireSize.IPv4AndUdp + TransportNumber.HeaderLength + WireSize.GcmTag;
        for (var pieces = 0; bytes > 0 && pieces < MostPieces; pieces++)
        {
            var padding = Math.Clamp(bytes - overhead, 1, byte.MaxValue);
            var slot = batch.Next(owner.Remote);
            var header = RtpWriter.WriteHeaderWithTransportNumber(
                slot, marker: false, payloadType, _number, _timestamp, ssrc, link.Extension, link.Next, isPadded: true);
            var payload = slot.Slice(header, padding);
            payload.Clear();
            payload[^1] = (byte)padding;
            var length = stream.Protect(slot[..header], payload, slot);
            if (!owner.TryCommit(length, batch))
            {
                return;
            }

            link.Sent(now, length, pieces == 0 ? probe : (byte)0);
            counters.PacketsProbed++;
            _number += 1;
            bytes -= padding + overhead;
        }
    }

    /// <summary>Sends a packet again, if it is known, still kept, and not on its way already.</summary>
    /// <param name="now">The time.</param>
    /// <param name="number">Its number as the watcher sees it.</param>
    /// <param name="cache">Where its source keeps its packets.</param>
    /// <param name="formats">What the source's formats are called here.</param>
    /// <param name="pictures">How its pictures are numbered.</param>
    /// <param name="batch">What leaves.</param>
    /// <returns>False when the budget is spent: no other number would be answered now either.</returns>
    public bool Resend(Instant now, SequenceNumber number, PacketCache cache, PlayedFormat[] formats, in Vp8Continuity pictures, SendBatch batch)
    {
        if (_history.IsSpent(now))
        {
            return false;
        }

        if (!_history.TryFind(number, out var sourceNumber, out var timestamp) || !cache.TryGet(sourceNumber, out var packet)
            || formats[packet.Format].Resend is not { } payloadType
            || !owner.Fits(packet.Payload.Length + Retransmission.OriginalSequenceNumberLength))
        {
            counters.ResendsMissed++;
            return true;
        }

        if (!_history.TryTake(now, number, owner.ShortestAnswer))
        {
            return true;
        }

        var slot = batch.Next(owner.Remote);
        var header = link is null
            ? RtpWriter.WriteHeader(slot, packet.Marker, payloadType, _number, timestamp, ssrc)
            : RtpWriter.WriteHeaderWithTransportNumber(slot, packet.Marker, payloadType, _number, timestamp, ssrc, link.Extension, link.Next);
        Retransmission.WriteOriginalNumber(slot[header..], number);
        var start = header + Retransmission.OriginalSequenceNumberLength;
        packet.Payload.CopyTo(slot[start..]);
        if (formats[packet.Format].IsVp8 && pictures.IsActive)
        {
            pictures.Patch(slot.Slice(start, packet.Payload.Length));
        }

        var length = stream.Protect(slot[..header], slot[header..(start + packet.Payload.Length)], slot);
        if (owner.TryCommit(length, batch))
        {
            counters.PacketsResent++;
            link?.Sent(now, length);
        }

        _timestamp = timestamp;
        _number += 1;
        return true;
    }
}
