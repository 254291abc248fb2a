using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Ice;

/// <summary>
/// A candidate of type host, component 1: an address of our own that a peer can reach as it is (RFC 8445 §5.1.1.1), by UDP or by a TCP
/// connection that the peer opens (RFC 6544, passive).
/// </summary>
public sealed record HostCandidate
{
    internal const byte PeerReflexivePreference = 110;
    private const byte HostPreference = 126;

    // RFC 6544 §4.2: below everything that goes by UDP and is not relayed; what browsers use for TCP.
    private const byte TcpHostPreference = 90;
    private const int PassiveDirection = 4;
    private const int MostOther = (1 << 13) - 1;
    private const string Prefix = "candidate:";

    /// <summary>Makes a candidate for UDP.</summary>
    /// <param name="address">The address and port.</param>
    /// <param name="localPreference">Which of several of ours is wanted more: the larger. All different when there are several.</param>
    public HostCandidate(TransportAddress address, ushort localPreference = ushort.MaxValue) =>
        (Address, Priority) = (address, PriorityOf(HostPreference, localPreference));

    private HostCandidate(TransportAddress address, uint priority, bool isTcp) => (Address, Priority, IsTcp) = (address, priority, isTcp);

    /// <summary>Makes a passive candidate for TCP: the peer connects.</summary>
    /// <param name="address">The address and port that is listened on.</param>
    /// <param name="place">0 for the most wanted of ours, up to 8 191; all different.</param>
    public static HostCandidate Tcp(TransportAddress address, int place = 0) =>
        new(address, PriorityOf(TcpHostPreference, (ushort)((PassiveDirection << 13) + MostOther - place)), isTcp: true);

    /// <summary>Whether the peer connects by TCP; otherwise it is UDP.</summary>
    public bool IsTcp { get; }

    /// <summary>The address and port.</summary>
    public TransportAddress Address { get; }

    /// <summary>The priority (RFC 8445 §5.1.2.1), 1–2³¹−1: of our own by the formula, of a parsed one what its line says.</summary>
    public uint Priority { get; }

    /// <summary>The attribute as RFC 8839 §5.1 and RFC 6544 §4.5 write it, without "a=" and line end.</summary>
    public string ToSdp()
    {
        var endpoint = Address.ToIPEndPoint();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{Foundation} 1 {(IsTcp ? "tcp" : "udp")} {Priority} {endpoint.Address} {endpoint.Port} typ host{(IsTcp ? " tcptype passive" : "")}");
    }

    /// <inheritdoc/>
    public override string ToString() => ToSdp();

    /// <summary>Reads a candidate attribute.</summary>
    /// <param name="line">With or without "a=" in front and white space behind.</param>
    /// <param name="candidate">The candidate, when this returns true.</param>
    /// <returns>
    /// False for anything malformed, for candidates of another type or component or with a name for an address, and for TCP ones that are not passive.
    /// </returns>
    public static bool TryParse(string line, [NotNullWhen(true)] out HostCandidate? candidate) => TryParse(line.AsSpan(), out candidate);

    /// <inheritdoc cref="TryParse(string, out HostCandidate?)"/>
    internal static bool TryParse(ReadOnlySpan<char> line, [NotNullWhen(true)] out HostCandidate? candidate)
    {
        candidate = null;
        var rest = line.TrimEnd();
        if (rest.StartsWith("a=")) rest = rest[2..];
        if (!rest.StartsWith(Prefix)) return false;
        rest = rest[Prefix.Length..];

        if (!IsFoundation(Next(ref rest))) return false;
        if (Next(ref rest) is not "1") return false;
        var transport = Next(ref rest);
        var isTcp = transport.Equals("tcp", StringComparison.OrdinalIgnoreCase);
        if (!isTcp && !transport.Equals("udp", StringComparison.OrdinalIgnoreCase)) return false;
        if (!TryParseNumber(Next(ref rest), int.MaxValue, out var priority)) return false;
        if (!TryParseAddress(Next(ref rest), out var address)) return false;
        if (!TryParseNumber(Next(ref rest), ushort.MaxValue, out var port)) return false;
        if (Next(ref rest) is not "typ" || Next(ref rest) is not "host") return false;
        if (isTcp && (Next(ref rest) is not "tcptype" || Next(ref rest) is not "passive")) return false;

        candidate = new HostCandidate(TransportAddress.From(new IPEndPoint(address, (int)port)), priority, isTcp);
        return true;
    }

    /// <summary>RFC 8445 §5.1.2.1, for component 1.</summary>
    internal static uint PriorityOf(byte typePreference, ushort localPreference) =>
        ((uint)typePreference << 24) | ((uint)localPreference << 8) | (256 - 1);

    /// <summary>RFC 8445 §5.1.1.3: candidates of one type and transport share a foundation when they share the IP address, and only then.</summary>
    private uint Foundation
    {
        get
        {
            Span<byte> address = stackalloc byte[16];
            Address.WriteIPv6(address);
            return StunFingerprint.Crc32(address) ^ (IsTcp ? 1u : 0);
        }
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest)
    {
        var space = rest.IndexOf(' ');
        var token = space < 0 ? rest : rest[..space];
        rest = space < 0 ? default : rest[(space + 1)..];
        return token;
    }

    private static bool IsFoundation(ReadOnlySpan<char> token)
    {
        foreach (var character in token)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '/')) return false;
        }

        return token.Length is >= 1 and <= 32;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> token, int largest, out uint number) =>
        uint.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= (uint)largest;

    private static bool TryParseAddress(ReadOnlySpan<char> token, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        // The framework's parser takes much that is no address in SDP: brackets, scopes, "1", "0x7f.1", octal numbers.
        var isIPv6 = token.Contains(':');
        foreach (var character in token)
        {
            if (!char.IsAsciiHexDigit(character) && character is not ('.' or ':')) return false;
        }

        if (!IPAddress.TryParse(token, out address)) return false;
        if (isIPv6) return true;
        Span<char> canonical = stackalloc char[15];
        return address.TryFormat(canonical, out var written) && token.SequenceEqual(canonical[..written]);
    }
}
