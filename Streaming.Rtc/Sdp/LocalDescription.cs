using Streaming.Rtc.Ice;

namespace Streaming.Rtc.Sdp;

/// <summary>What our end of one connection says of itself in an offer or an answer.</summary>
/// <param name="Ice">The credentials made for this connection.</param>
/// <param name="Fingerprint">SHA-256 of our certificate, 32 bytes (RFC 8122).</param>
/// <param name="Candidates">
/// Candidate attributes (RFC 8839 §5.1) such as <c>candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host</c>; the word in front may be
/// missing. The first one is the default that the <c>m=</c> and <c>c=</c> lines repeat.
/// </param>
/// <param name="SessionId">The number in the <c>o=</c> line, below 2^63 (RFC 8829 §5.2.1).</param>
public sealed record LocalDescription(
    IceCredentials Ice, ReadOnlyMemory<byte> Fingerprint, IReadOnlyList<string> Candidates, ulong SessionId)
{
    /// <summary>How a publisher is asked to encode its voice.</summary>
    public VoiceWish Voice { get; init; } = new();

    /// <summary>What stands in front of a candidate where it is not an SDP line.</summary>
    internal const string CandidatePrefix = "candidate:";

    // RFC 8840 §4.1.1: what to write while there is no candidate.
    private static readonly (int Port, string Connection) NoAddress = (9, "IN IP4 0.0.0.0");

    internal string Origin => $"- {SessionId} 1 IN IP4 127.0.0.1";

    /// <summary>Port and <c>c=</c> line of the default candidate (RFC 8839 §4.2.1.2).</summary>
    internal (int Port, string Connection) DefaultAddress =>
        Candidates is [var first, ..] && first.Split(' ') is [_, _, _, _, var address, var port, ..]
            && ushort.TryParse(port, out var number)
            ? (number, $"IN {(address.Contains(':') ? "IP6" : "IP4")} {address}")
            : NoAddress;

    /// <summary>The attributes that describe our transport.</summary>
    /// <param name="setup">Our DTLS role (RFC 4145 §4): <c>passive</c> or <c>active</c> in an answer, <c>actpass</c> in an offer.</param>
    /// <param name="withCandidates">True in the one section of a bundle that carries the candidates.</param>
    internal TransportAttributes ToTransport(string setup, bool withCandidates) => new()
    {
        IceUfrag = Ice.Ufrag,
        IcePwd = Ice.Password,
        Fingerprints = [Sdp.Fingerprint.Sha256(Fingerprint.Span)],
        Setup = setup,
        Candidates = withCandidates ? [.. Candidates.Select(WithoutPrefix)] : [],
        EndOfCandidates = withCandidates,
    };

    private static string WithoutPrefix(string candidate) =>
        candidate.StartsWith(CandidatePrefix, StringComparison.Ordinal) ? candidate[CandidatePrefix.Length..] : candidate;
}
