using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sdp;

/// <summary>One stream of a section that sends simulcast, as far as it is taken.</summary>
/// <param name="Rid">What its packets are recognised by: 1–16 letters, digits, <c>-</c> or <c>_</c>.</param>
/// <param name="IsPaused">Whether its sender begins without it.</param>
/// <param name="Restrictions">What its sender says of it, such as <c>max-width=320</c>; empty for nothing.</param>
internal sealed record SimulcastStream(string Rid, bool IsPaused, string Restrictions);

/// <summary>What a section's <c>a=simulcast:send</c> and <c>a=rid</c> lines offer (RFC 8853, RFC 8851), and how they are answered.</summary>
/// <param name="Streams">Those that are taken, in the offer's order; empty when the section sends one stream.</param>
internal sealed record SimulcastOffer(IReadOnlyList<SimulcastStream> Streams)
{
    /// <summary>The most streams of one section that are taken.</summary>
    public const int MostStreams = 4;

    private const int LongestRid = 16;   // a one-byte header extension has no room for more
    private const string RidName = "rid:";
    private const string SimulcastName = "simulcast:";

    private static readonly SimulcastOffer Single = new([]);

    private static readonly string[] Restrictions = ["max-width", "max-height", "max-fps", "max-fs", "max-br", "max-pps", "max-bpp"];

    /// <summary>Reads what a section offers to send in the format that was chosen for it.</summary>
    /// <remarks>
    /// A rid line that says what we do not know is left out, and with it the stream that it describes (RFC 8851 §6.3.2). Of alternatives
    /// the first that can be taken is.
    /// </remarks>
    /// <param name="media">The section.</param>
    /// <param name="payloadType">The payload type of the format.</param>
    /// <param name="offer">What is taken.</param>
    /// <param name="refusal">What is wrong with its simulcast line.</param>
    public static bool TryRead(
        MediaSection media, PayloadType payloadType, [NotNullWhen(true)] out SimulcastOffer? offer, [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        (offer, refusal) = (Single, null);
        string[] lines = [.. media.OtherAttributes.Where(attribute => attribute.StartsWith(SimulcastName, StringComparison.Ordinal))];
        if (lines.Length == 0) return true;
        if (lines.Length > 1 || !TryReadSent(lines[0][SimulcastName.Length..], out var sent))
        {
            offer = null;
            refusal = SdpRefusal.Invalid(
                $"The video section with a=mid:{media.Mid} has {SdpSyntax.Quote("a=" + lines[^1])}; give it one line like a=simulcast:send l;m;h.");
            return false;
        }

        var rids = ReadRids(media, payloadType);
        var streams = new List<SimulcastStream>();
        foreach (var alternatives in sent)
        {
            var taken = alternatives.Split(',').Select(Named).FirstOrDefault(stream => stream is not null);
            if (taken is not null && streams.Count < MostStreams) streams.Add(taken);
        }

        offer = new SimulcastOffer(streams);
        return true;

        SimulcastStream? Named(string id) => rids.TryGetValue(id.TrimStart('~'), out var stream) && !streams.Exists(known => known.Rid == stream.Rid)
            ? stream with { IsPaused = id is ['~', ..] }
            : null;
    }

    /// <summary>The streams that an answer to an offer of ours takes.</summary>
    public static IEnumerable<string> ReadAccepted(MediaSection media) => media.OtherAttributes
        .Where(attribute => attribute.StartsWith(SimulcastName, StringComparison.Ordinal))
        .Select(attribute => attribute[SimulcastName.Length..].Split(' '))
        .SelectMany(fields => fields is ["recv", var streams, ..] ? streams.Split(';', ',') : [])
        .Select(rid => rid.TrimStart('~'));

    /// <summary>The lines of an offer of ours that sends these streams, or of an answer that takes them.</summary>
    /// <param name="direction"><c>send</c> or <c>recv</c>.</param>
    /// <returns>Attributes without <c>a=</c>; none for a single stream.</returns>
    public IEnumerable<string> ToAttributes(string direction)
    {
        foreach (var (rid, _, restrictions) in Streams)
        {
            yield return restrictions.Length == 0 ? $"{RidName}{rid} {direction}" : $"{RidName}{rid} {direction} {restrictions}";
        }

        // RFC 8853 §5.2: a stream that is paused stays so. Without the mark, a browser would begin to send what its page has switched off.
        if (Streams.Count > 0)
            yield return $"{SimulcastName}{direction} {string.Join(';', Streams.Select(stream => stream.IsPaused ? "~" + stream.Rid : stream.Rid))}";
    }

    /// <summary>RFC 8853 §5.1: <c>send</c> and <c>recv</c> each once at most, with a list behind each.</summary>
    private static bool TryReadSent(string value, out string[] sent)
    {
        sent = [];
        var fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not ([_, _] or [_, _, _, _])) return false;

        var directions = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Length; i += 2)
        {
            var streams = fields[i + 1].Split(';');
            if (fields[i] is not ("send" or "recv") || !directions.Add(fields[i]) || !Array.TrueForAll(streams, AreRids)) return false;
            if (fields[i] == "send") sent = streams;
        }

        return true;
    }

    private static bool AreRids(string alternatives) =>
        Array.TrueForAll(alternatives.Split(','), id => IsRid(id is ['~', .. var rid] ? rid : id));

    private static bool IsRid(string id) =>
        id.Length is > 0 and <= LongestRid && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private static Dictionary<string, SimulcastStream> ReadRids(MediaSection media, PayloadType payloadType)
    {
        var rids = new Dictionary<string, SimulcastStream>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in media.OtherAttributes.Where(attribute => attribute.StartsWith(RidName, StringComparison.Ordinal)))
        {
            var (rid, rest) = SdpSyntax.SplitAtSpace(line[RidName.Length..]);
            var (direction, restrictions) = SdpSyntax.SplitAtSpace(rest);
            if (!seen.Add(rid)) rids.Remove(rid);   // RFC 8851 §6.3.2: of two with one name both are void
            else if (IsRid(rid) && direction == "send" && TryReadRestrictions(restrictions, payloadType, out var answered))
                rids.Add(rid, new SimulcastStream(rid, IsPaused: false, answered));
        }

        return rids;
    }

    /// <summary>What may be said of a stream: limits that its sender keeps, and the payload types, of which ours must be one.</summary>
    private static bool TryReadRestrictions(string text, PayloadType payloadType, out string answered)
    {
        answered = "";
        foreach (var restriction in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var said = restriction;
            var equals = restriction.IndexOf('=');
            var name = equals < 0 ? restriction : restriction[..equals];
            if (name == "pt" && equals > 0)
            {
                var ours = payloadType.Value.ToString(CultureInfo.InvariantCulture);
                if (!restriction[(equals + 1)..].Split(',').Contains(ours)) return false;
                said = $"pt={ours}";
            }
            else if (!Restrictions.Contains(name))
            {
                return false;
            }

            answered = answered.Length == 0 ? said : $"{answered};{said}";
        }

        return true;
    }
}
