namespace Streaming.Rtc.Sdp;

/// <summary>Reads the value of one <c>a=</c> line into the section it stands in.</summary>
/// <remarks>
/// Each reader answers null when the value is right, else an example of a right line. Of what may stand once, the last counts.
/// </remarks>
internal static class SdpAttributeReader
{
    private const int LargestClockRate = 1_000_000;

    /// <summary>RFC 8285 §4.3: two-byte headers reach to 255.</summary>
    private const int LargestExtensionId = 255;

    public static string? Read(SectionDraft draft, string name, string value)
    {
        switch (name)
        {
            case "sendrecv": draft.Direction = MediaDirection.SendRecv; return null;
            case "sendonly": draft.Direction = MediaDirection.SendOnly; return null;
            case "recvonly": draft.Direction = MediaDirection.RecvOnly; return null;
            case "inactive": draft.Direction = MediaDirection.Inactive; return null;
            case "ice-ufrag":
                draft.IceUfrag = value;
                return SdpSyntax.IsIce(value, shortest: 4) ? null : "a=ice-ufrag:8hhY (4 to 256 of A-Z a-z 0-9 + /)";
            case "ice-pwd":
                draft.IcePwd = value;
                return SdpSyntax.IsIce(value, shortest: 22) ? null : "a=ice-pwd:asd88fgpdd777uzjYhagZg (22 to 256 of A-Z a-z 0-9 + /)";
            case "ice-options": draft.IceOptions = value; return null;
            case "fingerprint": return ReadFingerprint(draft, value);
            case "setup":
                draft.Setup = value;
                return value is "actpass" or "active" or "passive" or "holdconn" ? null : "a=setup:actpass";
            case "candidate": draft.Candidates.Add(value); return null;
            case "end-of-candidates": draft.EndOfCandidates = true; return null;
        }

        return draft.IsSession ? ReadSessionLevel(draft, name, value) : ReadMediaLevel(draft, name, value);
    }

    private static string? ReadSessionLevel(SectionDraft draft, string name, string value)
    {
        switch (name)
        {
            case "ice-lite": draft.IceLite = true; return null;
            case "group" when draft.Bundle is null && SdpSyntax.SplitAtSpace(value) is ("BUNDLE", var mids):
                return ReadBundle(draft, mids);
            default: AddOther(draft, name, value); return null;
        }
    }

    private static string? ReadMediaLevel(SectionDraft draft, string name, string value)
    {
        switch (name)
        {
            case "mid":
                draft.Mid = value;
                return SdpSyntax.IsMid(value) ? null : "a=mid:0 (1 to 16 letters, digits or signs without spaces)";
            case "rtcp-mux": draft.RtcpMux = true; return null;
            case "rtcp-rsize": draft.RtcpReducedSize = true; return null;
            case "bundle-only": draft.BundleOnly = true; return null;
            case "msid": draft.Msids.Add(value); return null;
            case "rtpmap": return ReadRtpMap(draft, value);
            case "fmtp": return ReadFmtp(draft, value);
            case "rtcp-fb": return ReadFeedback(draft, value);
            case "extmap": return ReadExtension(draft, value);
            case "ssrc": return ReadSsrc(draft, value);
            case "ssrc-group": return ReadSsrcGroup(draft, value);
            default: AddOther(draft, name, value); return null;
        }
    }

    private static void AddOther(SectionDraft draft, string name, string value) =>
        draft.Others.Add(value.Length == 0 ? name : $"{name}:{value}");

    private static string? ReadBundle(SectionDraft draft, string mids)
    {
        draft.Bundle = mids.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return draft.Bundle.All(mid => SdpSyntax.IsMid(mid)) ? null : "a=group:BUNDLE 0 1";
    }

    private static string? ReadFingerprint(SectionDraft draft, string value)
    {
        var (hash, digits) = SdpSyntax.SplitAtSpace(value);
        var fingerprint = new Fingerprint(hash, digits);
        draft.Fingerprints.Add(fingerprint);
        var right = SdpSyntax.IsToken(hash) && digits.Length > 0 && (!fingerprint.IsSha256 || fingerprint.TryReadSha256(out _));
        return right ? null : "a=fingerprint:sha-256 4A:AD:… (32 bytes as hexadecimal pairs with colons between them)";
    }

    private static string? ReadRtpMap(SectionDraft draft, string value)
    {
        const string Right = "a=rtpmap:96 VP8/90000 (each payload type once)";
        var (number, encoding) = SdpSyntax.SplitAtSpace(value);
        var parts = encoding.Split('/');
        var channels = 1;
        if (!SdpSyntax.TryReadPayloadType(number, out var payloadType)
            || parts.Length is not (2 or 3)
            || !SdpSyntax.IsToken(parts[0])
            || !SdpSyntax.TryReadNumber(parts[1], 1, LargestClockRate, out var clockRate)
            || (parts.Length == 3 && !SdpSyntax.TryReadNumber(parts[2], 1, 255, out channels))
            || draft.RtpMaps.Exists(map => map.PayloadType == payloadType)) return Right;

        draft.RtpMaps.Add(new RtpMap(payloadType, parts[0], clockRate, channels));
        return null;
    }

    private static string? ReadFmtp(SectionDraft draft, string value)
    {
        var (format, parameters) = SdpSyntax.SplitAtSpace(value);
        if (!MediaSection.IsRtpProtocol(draft.Protocol))
        {
            AddOther(draft, "fmtp", value);
            return null;
        }

        if (!SdpSyntax.TryReadPayloadType(format, out var payloadType) || parameters.Length == 0) return "a=fmtp:97 apt=96";
        draft.Fmtps.Add(new Fmtp(payloadType, parameters));
        return null;
    }

    private static string? ReadFeedback(SectionDraft draft, string value)
    {
        var (which, feedback) = SdpSyntax.SplitAtSpace(value);
        byte payloadType = 0;
        if (feedback.Length == 0 || (which != "*" && !SdpSyntax.TryReadPayloadType(which, out payloadType))) return "a=rtcp-fb:96 nack pli";
        draft.Feedback.Add(new RtcpFeedback(which == "*" ? null : payloadType, feedback));
        return null;
    }

    private static string? ReadExtension(SectionDraft draft, string value)
    {
        const string Right = "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid";
        var (head, uri) = SdpSyntax.SplitAtSpace(value);
        var slash = head.IndexOf('/');
        MediaDirection? direction = null;
        if (slash >= 0)
        {
            direction = head[(slash + 1)..] switch
            {
                "sendrecv" => MediaDirection.SendRecv,
                "sendonly" => MediaDirection.SendOnly,
                "recvonly" => MediaDirection.RecvOnly,
                "inactive" => MediaDirection.Inactive,
                _ => null,
            };
            if (direction is null) return Right;
            head = head[..slash];
        }

        // RFC 8285 §6: 4096–4351 ask the answerer to choose an identifier. Nobody does, and it must not make an offer invalid.
        if (uri.Length == 0 || !SdpSyntax.TryReadNumber(head, 1, 4351, out var id)) return Right;
        if (id <= LargestExtensionId) draft.Extensions.Add(new ExtensionMap(id, direction, uri));
        else AddOther(draft, "extmap", value);
        return null;
    }

    private static string? ReadSsrc(SectionDraft draft, string value)
    {
        var (number, attribute) = SdpSyntax.SplitAtSpace(value);
        if (!SdpSyntax.TryReadSsrc(number, out var ssrc) || attribute.Length == 0) return "a=ssrc:2231627014 cname:a";
        draft.Ssrcs.Add(new SsrcAttribute(ssrc, attribute));
        return null;
    }

    private static string? ReadSsrcGroup(SectionDraft draft, string value)
    {
        const string Right = "a=ssrc-group:FID 2231627014 632943048";
        if (value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var semantics, .. { Length: > 0 } numbers]) return Right;
        if (!SdpSyntax.IsToken(semantics)) return Right;
        var ssrcs = new uint[numbers.Length];
        for (var i = 0; i < ssrcs.Length; i++)
        {
            if (!SdpSyntax.TryReadSsrc(numbers[i], out ssrcs[i])) return Right;
        }

        draft.SsrcGroups.Add(new SsrcGroup(semantics, ssrcs));
        return null;
    }
}
