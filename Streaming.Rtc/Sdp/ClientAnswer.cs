using System.Diagnostics.CodeAnalysis;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>One section of an answer to an offer of ours.</summary>
/// <param name="Mid">The mid that we gave it.</param>
/// <param name="Kind"><c>audio</c> or <c>video</c>.</param>
/// <param name="Formats">What was accepted, the most wanted first; empty when the section was rejected.</param>
/// <param name="Ssrc">The SSRC of what we will receive; null when we send.</param>
/// <param name="RetransmissionSsrc">The SSRC of its RTX stream.</param>
internal sealed record AnsweredSection(
    string Mid, string Kind, IReadOnlyList<NegotiatedFormat> Formats, Ssrc? Ssrc, Ssrc? RetransmissionSsrc)
{
    /// <summary>The header extensions that were accepted.</summary>
    public IReadOnlyList<ExtensionMap> Extensions { get; init; } = [];

    /// <summary>The simulcast layers that were accepted; none when the section carries one stream.</summary>
    public IReadOnlyList<string> Rids { get; init; } = [];

    public bool IsAccepted => Formats.Count > 0;

    /// <summary>Whether a stream that was offered is taken. Without simulcast the first one is, and it has no name (RFC 8853 §5.3.3).</summary>
    /// <param name="rid">Its name; null for a single stream.</param>
    /// <param name="layer">Its place in the offer.</param>
    public bool Takes(string? rid, int layer) => IsAccepted && (Rids.Count == 0 ? layer == 0 : rid is not null && Rids.Contains(rid));

    /// <summary>The identifier of a header extension, 1–14; 0 when it was not accepted.</summary>
    public byte ExtensionOf(string uri) => (byte)Extensions.FirstOrDefault(extension => extension.Uri == uri).Id;
}

/// <summary>An answer to an offer of our own client.</summary>
/// <param name="Ice">The server's credentials.</param>
/// <param name="Fingerprint">SHA-256 of the server's certificate, 32 bytes.</param>
/// <param name="Candidates">Attributes such as <c>candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host</c>, not looked into.</param>
/// <param name="Sections">The sections, in the order of the offer.</param>
internal sealed record ClientAnswer(
    IceCredentials Ice, ReadOnlyMemory<byte> Fingerprint, IReadOnlyList<string> Candidates, IReadOnlyList<AnsweredSection> Sections)
{
    /// <summary>Reads an answer.</summary>
    /// <param name="text">The SDP answer.</param>
    /// <param name="answer">What it says.</param>
    /// <param name="error">One sentence: what is wrong and what would be right.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out ClientAnswer? answer, [NotNullWhen(false)] out string? error)
    {
        answer = null;
        if (!SdpParser.TryParse(text, out var description, out error)) return false;

        var sections = description.Media.Select(ReadSection).ToList();
        var tagged = sections.FindIndex(section => section.IsAccepted);
        if (tagged < 0)
        {
            error = "The answer accepts no section.";
            return false;
        }

        if (!PeerDescription.TryRead(description, description.Media[tagged], out var peer, out error)) return false;
        if (peer.Setup is not "passive")
        {
            error = "The answer is not a=setup:passive; this client sends the DTLS hello and needs who waits for it.";
            return false;
        }

        var candidates = description.Media
            .Where(media => media.Port != 0)
            .SelectMany(media => media.Transport.Candidates)
            .Concat(description.Transport.Candidates)
            .Select(candidate => LocalDescription.CandidatePrefix + candidate);
        answer = new ClientAnswer(peer.Ice, peer.Fingerprint, [.. candidates], sections);
        return true;
    }

    private static AnsweredSection ReadSection(MediaSection media)
    {
        var stream = StreamIdentity.Read(media);
        return new AnsweredSection(
            media.Mid ?? "",
            media.Kind,
            media.Port == 0 ? [] : [.. SectionFormat.ReadAll(media).Select(format => format.Negotiated)],
            stream.Ssrc,
            stream.Retransmission)
        {
            Extensions = media.Extensions,
            Rids = [.. SimulcastOffer.ReadAccepted(media)],
        };
    }
}
