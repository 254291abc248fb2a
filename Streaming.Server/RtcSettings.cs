using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Streaming.Server;

/// <summary>Whether to use the port with Linux's batched system calls.</summary>
internal enum LinuxPortUse
{
    /// <summary>Where the system has it.</summary>
    Auto,

    /// <summary>Always; the start fails without.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}

/// <summary>The checked values of section <c>Rtc</c>, for the media layer.</summary>
/// <param name="Listen">The addresses that each worker listens on; one, or two of different families.</param>
/// <param name="FirstPort">Worker n takes <c>FirstPort + n</c> on all of them; 0 lets the system choose.</param>
/// <param name="Workers">How many workers.</param>
/// <param name="Candidates">The addresses that are handed out, never any-addresses.</param>
/// <param name="LinuxPort">Which kind of port.</param>
internal sealed record RtcSettings(
    IReadOnlyList<IPAddress> Listen, int FirstPort, int Workers, IReadOnlyList<IPAddress> Candidates, LinuxPortUse LinuxPort)
{
    /// <summary>Reads a section that <see cref="StreamingOptionsValidator"/> has accepted.</summary>
    public static RtcSettings From(RtcSection section)
    {
        if (!TryReadAddress(section.Address, out var listen) || !TryReadPortUse(section.UseLinuxPort, out var use))
        {
            throw new ArgumentException("The section was not validated.", nameof(section));
        }

        return new RtcSettings(
            listen, section.Port, section.Workers, section.PublicAddresses.Length == 0 ? listen : [.. section.PublicAddresses.Select(IPAddress.Parse)], use);
    }

    internal static bool TryReadAddress(string? text, [NotNullWhen(true)] out IPAddress[]? addresses)
    {
        addresses = text?.Trim() switch
        {
            "localhost" => [IPAddress.Loopback, IPAddress.IPv6Loopback],
            "any" or "*" => [IPAddress.Any, IPAddress.IPv6Any],
            var one when IPAddress.TryParse(one, out var parsed) => [parsed],
            _ => null,
        };
        return addresses is not null;
    }

    internal static bool TryReadPortUse(string? text, out LinuxPortUse use)
    {
        (var known, use) = text switch
        {
            "auto" => (true, LinuxPortUse.Auto),
            "on" => (true, LinuxPortUse.On),
            "off" => (true, LinuxPortUse.Off),
            _ => (false, default),
        };
        return known;
    }

    internal static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
