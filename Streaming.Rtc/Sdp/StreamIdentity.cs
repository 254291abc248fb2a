using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sdp;

/// <summary>The SSRCs that a section names for what its writer sends (RFC 5576).</summary>
internal readonly record struct StreamIdentity(Ssrc? Ssrc, Ssrc? Retransmission)
{
    /// <summary>Reads the first stream of a section; of old simulcast (SIM) that is the smallest picture's.</summary>
    public static StreamIdentity Read(MediaSection media)
    {
        uint? first = null;
        foreach (var group in media.SsrcGroups)
        {
            if (group.Semantics is "SIM") first = group.Ssrcs[0];
        }

        foreach (var group in media.SsrcGroups)
        {
            if (group is not { Semantics: "FID", Ssrcs: [var main, var rtx] }) continue;
            if (first is null || first == main) return new StreamIdentity(new Ssrc(main), rtx == main ? null : new Ssrc(rtx));
        }

        first ??= media.Ssrcs is [var named, ..] ? named.Ssrc : null;
        return new StreamIdentity(first is { } ssrc ? new Ssrc(ssrc) : null, null);
    }
}
