using System.Security.Cryptography;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Answers one slot's NACKs by RTX (RFC 4588), whose stream has numbers of its own: a nonce is never used twice.</summary>
/// <remarks>Belongs to one <see cref="DownTrack"/>; only its RTC worker calls it.</remarks>
internal sealed class Resender(Ssrc ssrc, WatcherTransport owner, OutboundSrtpStream stream, ViewerLink? link, WatchCounters counters)
{
    private readonly ResendHistory _history = new();
    private SequenceNumber _number = new((ushort)RandomNumberGenerator.GetInt32(32_768));

    /// <inheritdoc cref="ResendHistory.Note"/>
    public void Note(Instant now, SequenceNumber number, SequenceNumber source, uint timestamp) => _history.Note(now, number, source, timestamp);

    /// <summary>Forgets what was sent: another stream fills the slot.</summary>
    public void Clear() => _history.Clear();

    /// <summary>Sends a packet again, if it is known, still kept, and not on its way already.</summary>
    /// <param name="now">The time.</param>
    /// <param name="number">Its number as the watcher sees it.</param>
    /// <param name="cache">Where its source keeps its packets.</param>
    /// <param name="formats">What the source's formats are called here.</param>
    /// <param name="batch">What leaves.</param>
    /// <returns>False when the budget is spent: no other number would be answered now either.</returns>
    public bool Resend(Instant now, SequenceNumber number, PacketCache cache, PlayedFormat[] formats, SendBatch batch)
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
        var length = stream.Protect(slot[..header], slot[header..(start + packet.Payload.Length)], slot);
        if (owner.TryCommit(length, batch))
        {
            counters.PacketsResent++;
            link?.Sent(now, length);
        }

        _number += 1;
        return true;
    }
}
