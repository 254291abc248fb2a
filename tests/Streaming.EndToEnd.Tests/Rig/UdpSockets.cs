using System.Globalization;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>What the kernel says of the UDP sockets on one local port (<c>/proc/net/udp</c>).</summary>
/// <param name="Queued">Bytes that wait to be read, with the kernel's own overhead.</param>
/// <param name="Dropped">Datagrams dropped since the sockets are open, because their buffer was full.</param>
internal readonly record struct UdpSockets(long Queued, long Dropped)
{
    /// <summary>Reads the state of now; zeros when there is no such socket.</summary>
    public static UdpSockets At(int port)
    {
        var (one, six) = (Read("/proc/net/udp", port), Read("/proc/net/udp6", port));
        return new UdpSockets(one.Queued + six.Queued, one.Dropped + six.Dropped);
    }

    private static UdpSockets Read(string table, int port)
    {
        // sl local_address rem_address st tx_queue:rx_queue … drops; the port in hexadecimal
        var local = ":" + port.ToString("X4", CultureInfo.InvariantCulture) + " ";
        var (queued, dropped) = (0L, 0L);
        foreach (var line in File.Exists(table) ? File.ReadAllLines(table) : [])
        {
            // Only the first ':xxxx ' behind the line's number is the local port.
            var at = line.IndexOf(local, StringComparison.Ordinal);
            if (at < 0 || line.IndexOf(' ', line.IndexOf(':', StringComparison.Ordinal) + 2) < at)
            {
                continue;
            }

            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            queued += long.Parse(columns[4].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            dropped += long.Parse(columns[^1], CultureInfo.InvariantCulture);
        }

        return new UdpSockets(queued, dropped);
    }
}
