using Streaming.Client.Peers;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>One simulcast layer as a browser sends it: when it has been paused it comes back with a key frame, in its own numbering.</summary>
internal sealed class LayerFeed(SentTrack track, int fps) : IMediaFeed
{
    private const int DarkBytes = 60;
    private readonly MadeVideo _video = new(packetsPerFrame: 1 << track.Layer, size: 600, (ushort)SizeOf(track.Layer).Width, (ushort)SizeOf(track.Layer).Height);
    private readonly byte[] _payload = new byte[SentTrack.MaxPayload];
    private Instant? _start;
    private long _ticks;
    private long _requests;
    private bool _isNew = true;

    /// <summary>Where it goes.</summary>
    public SentTrack Track => track;

    /// <summary>The pictures of its key frames.</summary>
    public PictureSize Size => SizeOf(track.Layer);

    /// <summary>Whether the browser has too little bandwidth for it.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether the lens has its cover on: its pictures weigh nearly nothing.</summary>
    public bool IsDark { get; set; }

    public Instant NextTick => _start is { } start ? start + TimeSpan.FromSeconds(_ticks / (double)fps) : Instant.LongAgo;

    public void Tick(Instant now)
    {
        _start ??= now;
        var timestamp = unchecked((uint)((track.Layer * 1_000_000) + (_ticks++ * 90_000 / fps)));   // each layer has its own start
        if (IsPaused)
        {
            _isNew = true;
            return;
        }

        _video.BeginFrame(isKeyFrame: _isNew || track.KeyFrameRequests != _requests);
        (_isNew, _requests) = (false, track.KeyFrameRequests);
        while (_video.TryNext(now, _payload, out var length, out var isLast))
        {
            track.Send(now, _payload.AsSpan(0, IsDark ? Math.Min(length, DarkBytes) : length), timestamp, isLast);
        }
    }

    private static PictureSize SizeOf(int layer) => new(160 << layer, 90 << layer);
}
