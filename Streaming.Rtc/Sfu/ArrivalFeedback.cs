using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Tells a publisher when each of its packets came, by which it finds out what its way carries (transport-wide congestion control).</summary>
/// <remarks>
/// Belongs to one <see cref="PublisherTransport"/>; only its RTC worker calls it. What is told, and when, depends on the publisher's packets alone.
/// </remarks>
/// <param name="extension">The identifier of the transport number's header extension, 1–14.</param>
internal sealed class ArrivalFeedback(byte extension)
{
    /// <summary>The most that one compound with feedback takes.</summary>
    public const int MostBytes = 1_200;

    /// <summary>The shortest time between two feedbacks: a fast way is judged soon enough.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest: what is heard of later comes too late for a queue that fills.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromMilliseconds(100);

    // A feedback, with the headers around it, is to take a twentieth of what comes up.
    private const double Share = 0.05;
    private const int FeedbackBytes = 120;

    private readonly TransportFeedbackRecorder _recorder = new();
    private Instant _next = Instant.LongAgo;
    private Instant _told = Instant.LongAgo;
    private long _bytes;
    private Ssrc _media;

    /// <summary>Notes a packet of any stream, whether it is of use or not: it has come.</summary>
    public void Note(Instant now, in RtpReader packet)
    {
        if (TransportNumber.TryRead(packet, extension, out var number))
        {
            _recorder.Note(now, number);
            _bytes += packet.Packet.Length;
            _media = packet.Ssrc;
        }
    }

    /// <summary>Whether there is something to tell, and it is time.</summary>
    public bool IsDue(Instant now) => now >= _next && _recorder.HasNews;

    /// <summary>Tells what is new.</summary>
    /// <param name="now">The time.</param>
    /// <param name="writer">Behind what opens the compound.</param>
    /// <param name="sender">Who reports.</param>
    /// <returns>False when something is left for another compound.</returns>
    public bool TryWrite(Instant now, ref RtcpWriter writer, Ssrc sender)
    {
        if (now > _told)
        {
            var rate = _bytes / (now - _told).TotalSeconds;   // as if it went on like that
            var interval = Math.Clamp(FeedbackBytes / (Share * rate), ShortestInterval.TotalSeconds, LongestInterval.TotalSeconds);
            (_told, _next, _bytes) = (now, now + TimeSpan.FromSeconds(interval), 0);
        }

        return _recorder.TryWrite(ref writer, sender, _media);
    }
}
