using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;

namespace Streaming.Rtc.Sfu;

/// <summary>How one format of a publisher is called in one slot of a watcher.</summary>
/// <param name="IsPlayable">Whether the watcher understands it at all.</param>
/// <param name="PayloadType">Its payload type there.</param>
/// <param name="Resend">The payload type of its RTX; null when it is not sent again.</param>
/// <param name="IsVp8">Whether its payloads begin with a VP8 descriptor.</param>
internal readonly record struct PlayedFormat(bool IsPlayable, PayloadType PayloadType, PayloadType? Resend, bool IsVp8 = false)
{
    /// <summary>Finds what a slot calls a format.</summary>
    public static PlayedFormat Of(NegotiatedFormat sent, WatchSlot slot)
    {
        foreach (var receivable in slot.Formats)
        {
            if (CodecTable.Matches(sent.Format, receivable.Format))
            {
                return new PlayedFormat(true, receivable.PayloadType, receivable.Retransmission, sent.Format.Codec == Codec.Vp8);
            }
        }

        return default;
    }
}
