using System.Globalization;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>What the kernel threw away at a UDP port because its buffer was full.</summary>
internal static class UdpDrops
{
    /// <summary>Datagrams dropped at the sockets of <paramref name="port"/> since they are open (the last column of <c>/proc/net/udp</c>).</summary>
    public static long At(int port) => In("/proc/net/udp", port) + In("/proc/net/udp6", port);

    private static long In(string table, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return !File.Exists(table)
            ? 0
            : File.ReadLines(table).Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(columns => columns[1].EndsWith(suffix, StringComparison.Ordinal))
                .Sum(columns => long.Parse(columns[^1], CultureInfo.InvariantCulture));
    }
}
