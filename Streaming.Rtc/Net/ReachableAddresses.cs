using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Streaming.Rtc.Ice;

namespace Streaming.Rtc.Net;

/// <summary>Finds the addresses that are handed to browsers.</summary>
internal static class ReachableAddresses
{
    /// <summary>The addresses, most wanted first; never empty.</summary>
    public static IReadOnlyList<IPAddress> Of(RtcOptions options)
    {
        if (options.PublicAddresses.Count > 0)
        {
            return options.PublicAddresses;
        }

        if (!options.Address.Equals(IPAddress.Any) && !options.Address.Equals(IPAddress.IPv6Any))
        {
            return [options.Address];
        }

        var both = options.Address.Equals(IPAddress.IPv6Any);
        IPAddress[] found = [.. OfThisMachine().Where(address => both || address.AddressFamily == AddressFamily.InterNetwork)];
        return found.Length > 0 ? found : [IPAddress.Loopback];
    }

    /// <summary>Makes candidates of the addresses, each less wanted than the one before it.</summary>
    public static IReadOnlyList<HostCandidate> Candidates(IReadOnlyList<IPAddress> addresses, ushort port) =>
        [.. addresses.Select((address, i) =>
            new HostCandidate(TransportAddress.From(new IPEndPoint(address, port)), (ushort)(ushort.MaxValue - i)))];

    /// <summary>The same for TCP, all less wanted than those for UDP.</summary>
    public static IReadOnlyList<HostCandidate> TcpCandidates(IReadOnlyList<IPAddress> addresses, ushort port) =>
        [.. addresses.Select((address, i) => HostCandidate.Tcp(TransportAddress.From(new IPEndPoint(address, port)), i))];

    // Loopback is no candidate (RFC 8445 §5.1.1.1), and a link-local address means nothing without a name for the link.
    private static IEnumerable<IPAddress> OfThisMachine() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(link => link.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
            .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6);
}
