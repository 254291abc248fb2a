using System.Diagnostics;
using System.Net;
using Streaming.Tests.Shared.Links;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A network of its own behind a virtual cable: a student's home, whose Wi-Fi can drop. Needs root.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private const int Processes = 25;
    private const int OfAProcess = 10;

    /// <summary>Two processes on one machine make networks of different names and addresses.</summary>
    private static readonly int First = Allotment.Take("networks", Processes) * OfAProcess;
    private static int _count;
    private readonly string _name;
    private readonly string _files = Paths.MakeTemporary();

    private SlowCable? _cable;

    private NetworkNamespace(int number)
    {
        _name = $"streaming{number}";
        Outside = IPAddress.Parse($"10.77.{number}.1");
    }

    /// <summary>The address of this machine's end of the cable, where a server can listen.</summary>
    public IPAddress Outside { get; }

    /// <summary>A program that runs Chromium inside.</summary>
    public string Chromium => Path.Combine(_files, "chromium");

    private string Near => $"{_name}a";

    private string Far => $"{_name}b";

    /// <summary>Makes the network and plugs the cable in.</summary>
    /// <param name="link">What the cable is like, both directions alike: rate, queue and delay. Null for as fast as the machine is.</param>
    public static async Task<NetworkNamespace> MakeAsync(LinkWay? link = null)
    {
        var made = new NetworkNamespace(First + (Interlocked.Increment(ref _count) % OfAProcess));
        await made.RemoveAsync();
        await RunAsync("netns", "add", made._name);
        made._cable = link is null ? null : new SlowCable(made.Near, made.Far);
        await (link is null ? RunAsync("link", "add", made.Near, "type", "veth", "peer", "name", made.Far) : Task.CompletedTask);
        await RunAsync("link", "set", made.Far, "netns", made._name);

        // An IPv6 address that appears seconds later would be one more change of networks, at which browsers give up what they are loading.
        await RunAsync("link", "set", made.Near, "addrgenmode", "none");
        await RunAsync("addr", "add", $"{made.Outside}/24", "dev", made.Near);
        await RunAsync("link", "set", made.Near, "up");
        await RunAsync("-n", made._name, "addr", "add", $"{made.Outside.ToString()[..^1]}2/24", "dev", made.Far);
        await RunAsync("-n", made._name, "link", "set", "lo", "up");
        await made.PlugAsync();
        await (link is null ? Task.CompletedTask : made.ShapeAsync(link));
        await File.WriteAllTextAsync(made.Chromium, $"#!/bin/sh\nexec ip netns exec {made._name} /usr/bin/chromium \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(made.Chromium, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return made;
    }

    /// <summary>A link to a class as it can be opened from inside.</summary>
    /// <param name="server">Listens at <see cref="Outside"/>, too.</param>
    /// <param name="ticket">Whose link it is.</param>
    public string At(ServerProcess server, Ticket ticket) => ticket.Url.Replace(server.Address.Host, $"{Outside}", StringComparison.Ordinal);

    /// <summary>The Wi-Fi is back.</summary>
    public Task PlugAsync() => RunAsync("-n", _name, "link", "set", Far, "up");

    /// <summary>The Wi-Fi is gone: the interface inside loses its link.</summary>
    public Task UnplugAsync() => RunAsync("-n", _name, "link", "set", Far, "down");

    /// <summary>Makes the cable another one, both directions alike.</summary>
    /// <exception cref="ArgumentException">The link is more than a rate, a queue and a delay.</exception>
    /// <exception cref="InvalidOperationException">The network was made without a link.</exception>
    public async Task ShapeAsync(LinkWay link)
    {
        var cable = _cable ?? throw new InvalidOperationException("Make the network with a link, even a perfect one, to change it later.");
        if (link.Loss > 0 || link.Bursts.Share > 0 || link.Jitter > TimeSpan.Zero || link.Reorder > 0 || link.IsDown)
        {
            throw new ArgumentException("A cable has a rate, a queue and a delay; what else a link does is LinkEmulator's.", nameof(link));
        }

        cable.Delay = link.Delay;
        string[][] ends = [["-n", _name, "qdisc", "replace", "dev", Far], ["qdisc", "replace", "dev", Near]];
        foreach (var end in ends)
        {
            await RunProgramAsync("tc", [.. end, "root", .. Queue(link)]);
        }
    }

    // The burst is one packet: a bucket that has saved up more lets the first packets of a page through as if there were no limit. What is larger than a
    // packet, tbf cuts.
    private static string[] Queue(LinkWay link) => link.BitsPerSecond is { } rate
        ? ["tbf", "rate", $"{rate:0}bit", "burst", "1600", "limit", $"{link.QueueLimit:0}"]
        : ["pfifo", "limit", "1000"];

    /// <summary>Lets no UDP pass in either direction, and no TCP to some ports, as a strict network does: what is sent is gone without an answer.</summary>
    /// <param name="tcpPorts">The ports out there that cannot be reached.</param>
    public Task BlockUdpAsync(params int[] tcpPorts)
    {
        var ports = string.Concat(tcpPorts.Select(port => $"add rule inet strict out tcp dport {port} drop\n"));
        return RunProgramAsync(
            "ip",
            ["netns", "exec", _name, "nft", "-f", "-"],
            $$"""
            add table inet strict
            add chain inet strict out { type filter hook output priority 0; }
            add chain inet strict in { type filter hook input priority 0; }
            add rule inet strict out meta l4proto udp drop
            add rule inet strict in meta l4proto udp drop
            {{ports}}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveAsync();
        Directory.Delete(_files, recursive: true);
    }

    private async Task RemoveAsync()
    {
        await RunAsync(mayFail: true, "link", "del", Near);
        await RunAsync(mayFail: true, "netns", "del", _name);
    }

    private static Task RunAsync(params string[] arguments) => RunProgramAsync("ip", arguments);

    private static Task RunAsync(bool mayFail, params string[] arguments) => RunProgramAsync("ip", arguments, mayFail: mayFail);

    private static async Task RunProgramAsync(string program, string[] arguments, string input = "", bool mayFail = false)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} cannot be started.");
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        if (process.ExitCode != 0 && !mayFail)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Trim()}");
        }
    }
}
