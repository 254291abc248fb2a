using System.Globalization;

namespace Streaming.Tests.Shared.Servers;

/// <summary>What the kernel says of some UDP sockets (<c>/proc/net/udp</c> and <c>udp6</c>).</summary>
/// <param name="Queued">Bytes that wait to be read, with the kernel's own overhead.</param>
/// <param name="Dropped">Datagrams dropped since the sockets are open, because their buffer was full.</param>
internal readonly record struct UdpSockets(long Queued, long Dropped)
{
    private const int Local = 1, Remote = 2, Queues = 4;
    private static readonly string[] Tables = ["/proc/net/udp", "/proc/net/udp6"];

    /// <summary>The sockets on a local port; zeros when there is none.</summary>
    public static UdpSockets At(int port) => Read(port, Local);

    /// <summary>The sockets that are connected to a port: the other ends.</summary>
    public static UdpSockets Towards(int port) => Read(port, Remote);

    // sl local_address rem_address st tx_queue:rx_queue … drops; addresses as IP:port in hexadecimal
    private static UdpSockets Read(int port, int column)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        var rows = Tables.Where(File.Exists)
            .SelectMany(File.ReadAllLines)
            .Where(line => line.Contains(suffix, StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row[column].EndsWith(suffix, StringComparison.Ordinal))
            .ToArray();
        return new UdpSockets(
            rows.Sum(row => long.Parse(row[Queues].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            rows.Sum(row => long.Parse(row[^1], CultureInfo.InvariantCulture)));
    }
}
