using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Where a late comer stands in the cached group of pictures.</summary>
/// <remarks>
/// The old frames' timestamps are pressed into the moment before the live one. With their true ones a player would take them for the live
/// edge, and lag behind by the age of the group.
/// </remarks>
internal struct CatchUp
{
    /// <summary>30 ms of 90 kHz: what <see cref="SequenceRewriter.Continue"/> leaves free behind a former source; before the first there is nothing to run into.</summary>
    private const int FreeTicks = 2_700;

    private uint _live;
    private uint _frame;
    private bool _inFrame;
    private int _framesLeft;
    private int _spacing;

    /// <summary>The next packet to send, in the publisher's numbering.</summary>
    public SequenceNumber Next { get; set; }

    /// <summary>Begins at the group's key frame; the track's newest packet becomes the live edge.</summary>
    public static CatchUp Begin(SourceTrack source, PacketCache cache)
    {
        var frames = CountFrames(source, cache);
        return new CatchUp
        {
            Next = source.Group.Start,
            _live = source.ReachedTimestamp,
            _framesLeft = frames,
            _spacing = Math.Clamp(FreeTicks / (frames + 1), 1, 90),
        };
    }

    /// <summary>How many frames the track's last group has so far.</summary>
    public static int CountFrames(SourceTrack source, PacketCache cache)
    {
        var frames = 0;
        uint? last = null;
        for (var number = source.Group.Start; !number.IsNewerThan(source.Reached); number += 1)
        {
            if (cache.TryGet(number, out var packet) && packet.Timestamp != last)
            {
                last = packet.Timestamp;
                frames++;
            }
        }

        return frames;
    }

    /// <summary>The timestamp that the watcher sees on a packet of the group.</summary>
    public uint Map(uint timestamp, in SequenceRewriter rewriter)
    {
        if (unchecked((int)(timestamp - _live)) >= 0)
        {
            return rewriter.MapTimestamp(timestamp);   // arrived since the catching up began
        }

        if (!_inFrame || timestamp != _frame)
        {
            (_frame, _inFrame) = (timestamp, true);
            _framesLeft = Math.Max(_framesLeft - 1, 0);
        }

        return rewriter.MapTimestamp(_live) - (uint)(_framesLeft * _spacing);
    }
}
