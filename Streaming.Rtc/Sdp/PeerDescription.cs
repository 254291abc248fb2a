using System.Diagnostics.CodeAnalysis;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>How the other end of a bundle is reached and recognised.</summary>
internal sealed record PeerDescription(IceCredentials Ice, ReadOnlyMemory<byte> Fingerprint, string? Setup)
{
    /// <summary>Whether this peer waits for the DTLS hello; everybody else says it to us (RFC 4145 §4.1).</summary>
    public bool WantsOurHello => Setup == "passive";

    /// <summary>What we answer to <see cref="Setup"/>.</summary>
    public string AnsweredSetup => WantsOurHello ? "active" : "passive";

    /// <summary>The parameters of a transport to this peer.</summary>
    public PeerParameters ToParameters(LocalDescription local) => new(local.Ice, Ice, Fingerprint) { SaysHello = WantsOurHello };

    /// <summary>Reads the transport that a bundle will use.</summary>
    /// <param name="description">An offer or an answer.</param>
    /// <param name="tagged">The first section that is accepted.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="error">One sentence.</param>
    public static bool TryRead(
        SessionDescription description,
        MediaSection tagged,
        [NotNullWhen(true)] out PeerDescription? peer,
        [NotNullWhen(false)] out string? error)
    {
        // RFC 9143 §7.2: a section that is bundled only has no transport of its own, the section named first in the group has.
        // What a section does not say stands above all sections.
        var offererTagged = description.Bundle is [var first, ..] ? description.Media.FirstOrDefault(media => media.Mid == first) : null;
        TransportAttributes[] levels = [tagged.Transport, offererTagged?.Transport ?? TransportAttributes.None, description.Transport];

        peer = null;
        var ice = Array.Find(levels, level => level is { IceUfrag: not null, IcePwd: not null });
        if (ice is null)
        {
            error = "The SDP has no a=ice-ufrag with a=ice-pwd; give both in its first section or above all sections.";
            return false;
        }

        var fingerprints = Array.Find(levels, level => level.Fingerprints.Count > 0)?.Fingerprints ?? [];
        if (!fingerprints.Any(fingerprint => fingerprint.IsSha256))
        {
            error = "The SDP has no a=fingerprint with sha-256; give the certificate's SHA-256, such as a=fingerprint:sha-256 4A:AD:…";
            return false;
        }

        if (!fingerprints.First(fingerprint => fingerprint.IsSha256).TryReadSha256(out var digest))
        {
            error = "The a=fingerprint is not 32 bytes as hexadecimal pairs with colons between them.";
            return false;
        }

        error = null;
        var setup = Array.Find(levels, level => level.Setup is not null)?.Setup;
        peer = new PeerDescription(new IceCredentials(ice.IceUfrag!, ice.IcePwd!), digest, setup);
        return true;
    }
}
