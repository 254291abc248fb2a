namespace Streaming.Rtc.Sdp;

/// <summary>Which way media flows, seen from whoever wrote the description (RFC 8866 §6.7).</summary>
internal enum MediaDirection
{
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

/// <summary><c>a=rtpmap</c>: what a payload type means (RFC 8866 §6.6). Channels are 1 unless written.</summary>
internal readonly record struct RtpMap(byte PayloadType, string Encoding, int ClockRate, int Channels);

/// <summary><c>a=fmtp</c>: the parameters of a payload type (RFC 8866 §6.15), as written.</summary>
internal readonly record struct Fmtp(byte PayloadType, string Parameters);

/// <summary><c>a=rtcp-fb</c> (RFC 4585 §4.2). No payload type stands for <c>*</c>, all of the section.</summary>
internal readonly record struct RtcpFeedback(byte? PayloadType, string Value);

/// <summary><c>a=extmap</c>: a header extension (RFC 8285 §8). The direction is null when none is written.</summary>
internal readonly record struct ExtensionMap(int Id, MediaDirection? Direction, string Uri);

/// <summary><c>a=ssrc</c> (RFC 5576 §4.1), with what stands after the number.</summary>
internal readonly record struct SsrcAttribute(uint Ssrc, string Attribute);

/// <summary><c>a=ssrc-group</c> (RFC 5576 §4.2): FID pairs a stream with its RTX stream.</summary>
internal readonly record struct SsrcGroup(string Semantics, IReadOnlyList<uint> Ssrcs);

/// <summary><c>a=fingerprint</c> (RFC 8122 §5): the hash's name and the hexadecimal pairs.</summary>
internal readonly record struct Fingerprint(string Hash, string Value)
{
    private const int Sha256Length = 32;

    public bool IsSha256 => Hash.Equals("sha-256", StringComparison.OrdinalIgnoreCase);

    public static Fingerprint Sha256(ReadOnlySpan<byte> digest) =>
        new("sha-256", string.Join(':', Convert.ToHexString(digest).Chunk(2).Select(pair => new string(pair))));

    /// <summary>Reads the digest; false unless it is 32 bytes in pairs with colons between them.</summary>
    public bool TryReadSha256(out byte[] digest)
    {
        digest = [];
        if (Value.Length != Sha256Length * 3 - 1) return false;

        var read = new byte[Sha256Length];
        for (var i = 0; i < read.Length; i++)
        {
            if (i > 0 && Value[i * 3 - 1] != ':') return false;
            if (!char.IsAsciiHexDigit(Value[i * 3]) || !char.IsAsciiHexDigit(Value[i * 3 + 1])) return false;
            read[i] = Convert.FromHexString(Value.AsSpan(i * 3, 2))[0];
        }

        digest = read;
        return true;
    }
}

/// <summary>The attributes of a transport: ICE (RFC 8839) and DTLS (RFC 8842). They stand in a section or above all of them.</summary>
internal sealed record TransportAttributes
{
    public static readonly TransportAttributes None = new();

    public string? IceUfrag { get; init; }

    public string? IcePwd { get; init; }

    public string? IceOptions { get; init; }

    public IReadOnlyList<Fingerprint> Fingerprints { get; init; } = [];

    public string? Setup { get; init; }

    /// <summary>What stands after <c>a=candidate:</c>, not looked into.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    public bool EndOfCandidates { get; init; }
}
