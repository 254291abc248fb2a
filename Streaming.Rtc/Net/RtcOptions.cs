using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Streaming.Rtc.Net.Tcp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Net;

/// <summary>Which system calls move the datagrams.</summary>
public enum UdpPortKind
{
    /// <summary>Batched calls on 64-bit Linux, the portable ones elsewhere.</summary>
    Auto,

    /// <summary>Batched calls (<c>recvmmsg</c>, <c>sendmmsg</c>); 64-bit Linux only.</summary>
    Linux,

    /// <summary>The framework's sockets, one datagram per call.</summary>
    Portable,
}

/// <summary>Where media is served and by how many threads.</summary>
public sealed record RtcOptions
{
    /// <summary>
    /// The local address to bind to. The default serves IPv4 and IPv6 on every interface (IPv4 alone where the machine has no IPv6).
    /// </summary>
    public IPAddress Address { get; init; } = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>
    /// The first worker's UDP port, 1–65 535; each further worker has the next one, and all of them must be open in the firewall.
    /// 0 lets the system choose, which is for tests.
    /// </summary>
    public int FirstPort { get; init; } = 10_000;

    /// <summary>
    /// The TCP port of all workers, for browsers whose network lets no UDP through (RFC 6544): 1–65 535; 0 for the number of the first UDP
    /// port, -1 for none.
    /// </summary>
    public int TcpPort { get; init; }

    /// <summary>How many workers, 1–256: threads that move media, each with a port of its own. One per processor by default.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 256);

    /// <summary>
    /// The addresses under which browsers reach this machine, most wanted first; behind a NAT that maps ports one to one, the outer one.
    /// When empty: <see cref="Address"/>, or, when that is every interface, the addresses of this machine.
    /// </summary>
    public IReadOnlyList<IPAddress> PublicAddresses { get; init; } = [];

    /// <summary>Which system calls move the datagrams.</summary>
    public UdpPortKind PortKind { get; init; } = UdpPortKind.Auto;

    /// <summary>
    /// Whether packets for one watcher leave as one segmented send (UDP_SEGMENT); where kernel or device refuse it, each port stops by itself,
    /// and tries again now and then.
    /// </summary>
    public bool SegmentedSends { get; init; } = true;

    /// <summary>
    /// How long a busy worker waits for the rest of a picture that has begun to come, 0 to 1 ms: the more viewers, the nearer to this; with a few
    /// not at all.
    /// </summary>
    public TimeSpan GatherWindow { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Which code does the AES-GCM of SRTP.</summary>
    public GcmKind Gcm { get; init; } = GcmKind.Auto;

    /// <summary>How many TCP connections are taken, and how long one may be of no use.</summary>
    internal TcpLimits Tcp { get; init; } = new();

    /// <summary>The limits of forwarding.</summary>
    public RtcEngineOptions Engine { get; init; } = new();

    /// <summary>What is wrong with these options, one sentence each that says what to write instead; empty when they are good.</summary>
    public IEnumerable<string> Problems()
    {
        if (Workers is < 1 or > 256)
        {
            yield return $"{nameof(Workers)} is {Workers}; write a number from 1 to 256.";
        }

        if (FirstPort is < 0 or > 65_535 || FirstPort + Workers - 1 > 65_535)
        {
            yield return $"{nameof(FirstPort)} is {FirstPort}; write a number from 1 to {65_536 - Math.Clamp(Workers, 1, 256)}, "
                + $"because {Workers} workers take as many ports from there on.";
        }

        if (TcpPort is < -1 or > 65_535)
        {
            yield return $"{nameof(TcpPort)} is {TcpPort}; write a number from 1 to 65535, 0 for that of the first UDP port, or -1 for none.";
        }

        if (Address.AddressFamily == AddressFamily.InterNetwork && PublicAddresses.FirstOrDefault(IsIPv6) is { } six)
        {
            yield return $"{nameof(PublicAddresses)} holds {six}, but {nameof(Address)} {Address} serves IPv4 only; write \"::\" for it.";
        }

        if (PublicAddresses.FirstOrDefault(a => a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any)) is { } any)
        {
            yield return $"{nameof(PublicAddresses)} holds {any}, which no browser can reach; write this machine's own address.";
        }

        if (Engine.VideoCachePackets is < 64 or > 16_384 || !BitOperations.IsPow2(Engine.VideoCachePackets))
        {
            yield return $"{nameof(RtcEngineOptions.VideoCachePackets)} is {Engine.VideoCachePackets}; write a power of two from 64 to 16384.";
        }

        if (GatherWindow < TimeSpan.Zero || GatherWindow > TimeSpan.FromMilliseconds(1))
        {
            yield return $"{nameof(GatherWindow)} is {GatherWindow.TotalMicroseconds:0} µs; write 0 to 1000 µs: nobody's picture may wait longer.";
        }

        if (PortKind == UdpPortKind.Linux && !UdpPorts.HasBatchedCalls)
        {
            yield return $"{nameof(PortKind)} is {PortKind}, which needs 64-bit Linux; write {UdpPortKind.Auto}.";
        }

        if (GcmChoice.Machine.Problem(Gcm) is { } problem)
        {
            yield return $"{nameof(Gcm)} is {Gcm}, {problem}; write {GcmKind.Auto}.";
        }
    }

    private static bool IsIPv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;
}
