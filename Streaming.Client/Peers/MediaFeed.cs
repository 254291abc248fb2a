using Streaming.Rtc;

namespace Streaming.Client.Peers;

/// <summary>Gives a track something to send, in its own time.</summary>
/// <remarks>Sans-IO like the peer: whoever drives the peer drives its feeds too.</remarks>
public interface IMediaFeed
{
    /// <summary>When <see cref="Tick"/> wants to be called; <see cref="Instant.Never"/> when there is no more.</summary>
    Instant NextTick { get; }

    /// <summary>Sends what is due.</summary>
    void Tick(Instant now);
}

/// <summary>Made pictures at a steady rate; a key frame at the start, at intervals, and when the server asks.</summary>
/// <param name="track">Where they go.</param>
/// <param name="video">Who makes them.</param>
/// <param name="framesPerSecond">The rate.</param>
/// <param name="keyFrameInterval">The longest time between key frames; 10 s by default.</param>
public sealed class MadeVideoFeed(SentTrack track, MadeVideo video, double framesPerSecond, TimeSpan? keyFrameInterval = null) : IMediaFeed
{
    private readonly byte[] _payload = new byte[SentTrack.MaxPayload];
    private readonly TimeSpan _keyFrameInterval = keyFrameInterval ?? TimeSpan.FromSeconds(10);
    private Instant? _start;
    private Instant _nextKeyFrame;
    private long _requests;
    private long _frames;

    /// <summary>Key frames sent.</summary>
    public long KeyFrames { get; private set; }

    /// <inheritdoc/>
    public Instant NextTick => _start is { } start ? start + TimeSpan.FromSeconds(_frames / framesPerSecond) : Instant.LongAgo;

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (now < NextTick)
        {
            return;
        }

        if (_start is null)
        {
            (_start, _nextKeyFrame, _requests) = (now, now, track.KeyFrameRequests);
        }

        var isKeyFrame = now >= _nextKeyFrame || track.KeyFrameRequests != _requests;
        if (isKeyFrame)
        {
            (_nextKeyFrame, _requests) = (now + _keyFrameInterval, track.KeyFrameRequests);
            KeyFrames++;
        }

        var timestamp = unchecked((uint)(_frames++ * track.Format.ClockRate / framesPerSecond));
        video.BeginFrame(isKeyFrame);
        while (video.TryNext(now, _payload, out var length, out var isLast))
        {
            track.Send(now, _payload.AsSpan(0, length), timestamp, isLast);
        }
    }
}

/// <summary>Made voice, 50 packets per second.</summary>
/// <param name="track">Where it goes.</param>
/// <param name="voice">Who makes it.</param>
public sealed class MadeVoiceFeed(SentTrack track, MadeVoice voice) : IMediaFeed
{
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(20);

    private readonly byte[] _payload = new byte[SentTrack.MaxPayload];
    private Instant? _start;
    private long _packets;

    /// <inheritdoc/>
    public Instant NextTick => _start is { } start ? start + (FrameTime * _packets) : Instant.LongAgo;

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (now < NextTick)
        {
            return;
        }

        _start ??= now;
        var samples = _packets * track.Format.ClockRate * FrameTime.Ticks / TimeSpan.TicksPerSecond;
        track.Send(now, _payload.AsSpan(0, voice.Next(now, _payload)), unchecked((uint)samples), marker: _packets == 0);
        _packets++;
    }
}

/// <summary>A recording sent again in its own time, under the track's numbers.</summary>
/// <param name="track">Where it goes.</param>
/// <param name="recording">One stream; packets without payload and what is no RTP are left out.</param>
/// <param name="inACircle">Whether it begins again at its end, for ever; timestamps go on by the time that passes.</param>
public sealed class ReplayFeed(SentTrack track, RtpRecording recording, bool inACircle = false) : IMediaFeed
{
    /// <summary>From the last packet to the first one of the next round.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(20);

    private Instant? _start;
    private int _next;
    private uint _timestamps;

    /// <inheritdoc/>
    public Instant NextTick => _next == recording.Packets.Count
        ? Instant.Never
        : _start is { } start ? start + recording.Packets[_next].At : Instant.LongAgo;

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        while (now >= NextTick)
        {
            _start ??= now - recording.Packets[_next].At;
            if (Rtc.Rtp.RtpReader.TryRead(recording.Packets[_next++].Packet.Span, out var packet) && !packet.Payload.IsEmpty)
            {
                track.Send(now, packet.Payload, unchecked(packet.Timestamp + _timestamps), packet.Marker);
            }

            if (inACircle && _next == recording.Packets.Count)
            {
                BeginAgain();
            }
        }
    }

    private void BeginAgain()
    {
        var round = recording.Packets[^1].At + Gap;
        (_next, _start) = (0, _start + round);
        _timestamps += unchecked((uint)(round.Ticks * track.Format.ClockRate / TimeSpan.TicksPerSecond));
    }
}
