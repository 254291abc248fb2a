using Streaming.Rtc;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Benchmarks.Load;

/// <summary>What one viewer says of each packet's coming, a few times a second, as browsers do (transport-wide congestion control).</summary>
/// <remarks>Looks at headers only, and takes the kernel's time of receipt: when this process came to read does not show. Belongs to one <see cref="Viewer"/>.</remarks>
/// <param name="extension">The identifier of the transport number's header extension, 1–14.</param>
/// <param name="reporter">Who reports.</param>
internal sealed class ViewerFeedback(byte extension, Ssrc reporter)
{
    /// <summary>The most that one feedback takes, before its protection.</summary>
    public const int MostBytes = 1_200;

    /// <summary>How often it is told what came: at two megabits a second Chromium does so every 50 to 65 ms.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(60);

    private readonly TransportFeedbackRecorder _recorder = new();
    private Ssrc _media;

    /// <summary>When <see cref="Write"/> wants to be called next.</summary>
    public Instant Due { get; private set; } = Instant.Never;

    /// <summary>Begins; each viewer has its own turn within the interval, for browsers do not all speak at once.</summary>
    /// <param name="now">The time.</param>
    /// <param name="turn">Which part of the interval passes before the first time, 0–1.</param>
    public void Begin(Instant now, double turn) => Due = now + (Interval * turn);

    /// <summary>Notes a packet of any stream: media, resends and probes.</summary>
    /// <param name="packet">As it came, encrypted; its beginning is enough.</param>
    /// <param name="receivedAt">When it came, by the kernel's clock; any clock will do that runs evenly.</param>
    public void Note(ReadOnlySpan<byte> packet, Instant receivedAt)
    {
        if (RtpReader.TryReadHeader(packet, out var header) && TransportNumber.TryRead(header, extension, out var number))
        {
            _recorder.Note(receivedAt, number);
            _media = header.Ssrc;
        }
    }

    /// <summary>Writes what has come since the last time; with more than fits, the rest is <see cref="Due"/> at once.</summary>
    /// <param name="now">The time.</param>
    /// <param name="compound">At least <see cref="MostBytes"/>.</param>
    /// <returns>Bytes written; 0 when nothing has come.</returns>
    public int Write(Instant now, Span<byte> compound)
    {
        var writer = new RtcpWriter(compound[..MostBytes]);
        var isAll = _recorder.TryWrite(ref writer, reporter, _media);
        Due = !isAll ? now : Due + Interval > now ? Due + Interval : now + Interval;
        return writer.Length;
    }
}
