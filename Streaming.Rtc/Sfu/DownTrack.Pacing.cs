using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <content>Pictures that are larger than the viewer's link takes at once: the rest waits in the source's cache, and leaves as the pacer lets it.</content>
internal sealed partial class DownTrack
{
    private const int MostAtOnce = 32;

    private SequenceNumber _cursor;   // the first that waits

    // Whether a packet has to wait behind others, or for the pacer. One that comes late, from before those that wait, does not.
    private bool HasToWait(Instant now, SequenceNumber number)
    {
        if (IsBehind)
        {
            return number == _cursor || number.IsNewerThan(_cursor);
        }

        if (_link is null || _link.MayPass(now) || !number.IsNewerThan(_rewriter.LastSource))
        {
            return false;
        }

        (IsBehind, _cursor) = (true, number);
        return true;
    }

    private void PumpBehind(Instant now, SourceTrack source, PacketCache cache, SendBatch batch)
    {
        if (source.Reached.DistanceFrom(_cursor) > cache.Capacity / 2)
        {
            // The link does not carry this by far. What waits is old by now: the next key frame is worth more.
            IsBehind = false;
            Start(now, batch);
            return;
        }

        for (var i = 0; i < MostAtOnce && !_cursor.IsNewerThan(source.Reached) && _link!.MayPass(now); i++)
        {
            if (cache.TryGet(_cursor, out var packet))
            {
                Forward(now, packet, batch);
            }

            _cursor += 1;
        }

        IsBehind = !_cursor.IsNewerThan(source.Reached);
    }
}
