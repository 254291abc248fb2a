using Streaming.Client.Peers;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>What an adaptive viewer sees, and whether a decoder could follow: pictures numbered without a gap, and none that lacks what it goes back to.</summary>
internal sealed class ReceivedLog
{
    private const byte RedType = 63;
    private const int FrameSamples = 960;
    private readonly SortedSet<long> _speech = [];
    private Instant? _lastVoice;
    private ushort? _picture;
    private byte? _base;

    /// <summary>When a picture of which width began, in order.</summary>
    public List<(Instant At, int Width)> Sizes { get; } = [];

    /// <summary>When each frame began.</summary>
    public List<Instant> Frames { get; } = [];

    /// <summary>Numbers of pictures or base layers that did not follow on.</summary>
    public List<string> Gaps { get; } = [];

    /// <summary>The longest time without a new voice packet.</summary>
    public TimeSpan LongestSilence { get; private set; }

    public void Note(ReceivedTrack track, Instant now, in ReceivedPacket packet)
    {
        if (!track.IsVideo)
        {
            if (_lastVoice is { } before && now - before > LongestSilence)
            {
                LongestSilence = now - before;
            }

            _lastVoice = now;
            NoteVoice(packet);
            return;
        }

        if (!Vp8Descriptor.TryRead(packet.Payload, out var vp8) || !vp8.IsStartOfFrame || packet.IsRecovered)
        {
            return;
        }

        Frames.Add(now);
        if (PictureSize.TryRead(Codec.Vp8, packet.Payload, out var size) && (Sizes.Count == 0 || Sizes[^1].Width != size.Width))
        {
            Sizes.Add((now, size.Width));
        }

        if (_picture is { } last && vp8.PictureId is { } picture && picture != ((last + 1) & 0x7FFF))
        {
            Gaps.Add($"{now}: picture {picture} after {last}");
        }

        if (_base is { } lastBase && vp8.Tl0PicIdx is { } key && key != (byte)(lastBase + (vp8.TemporalId == 0 ? 1 : 0)))
        {
            Gaps.Add($"{now}: base {key} after {lastBase}, layer {vp8.TemporalId}");
        }

        (_picture, _base) = (vp8.PictureId, vp8.Tl0PicIdx);
    }

    /// <summary>How many 20 ms of speech have come, by whatever packet; and when the last came, in those.</summary>
    public (int Heard, long Newest) Speech => (_speech.Count, _speech.Count == 0 ? 0 : _speech.Max);

    private void NoteVoice(in ReceivedPacket packet)
    {
        if ((packet.Packet[1] & 0x7F) != RedType)
        {
            NoteOpus(packet.Timestamp, packet.Payload);
        }
        else if (RedundancyReader.TryRead(packet.Payload, out var red))
        {
            while (red.TryNext(out var block))
            {
                NoteOpus(packet.Timestamp - block.TimestampOffset, block.Payload);
            }
        }
    }

    private void NoteOpus(uint timestamp, ReadOnlySpan<byte> payload)
    {
        Assert.True(OpusPacket.TryRead(payload, out var opus));
        for (var at = 0; at < opus.Samples; at += FrameSamples)
        {
            _speech.Add((timestamp + at) / FrameSamples);
        }
    }

    /// <summary>Frames a second in a time.</summary>
    public double Rate(Instant from, Instant until) => Frames.Count(at => at >= from && at < until) / (until - from).TotalSeconds;
}
