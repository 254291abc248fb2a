using System.Diagnostics.CodeAnalysis;
using System.Net;
using Streaming.Rtc.Net;
using Streaming.Rtc.Srtp;

namespace Streaming.Server;

/// <summary>Reads section <c>Rtc</c> into the options of the media layer.</summary>
internal static class RtcSettings
{
    /// <summary>Reads a section that <see cref="StreamingOptionsValidator"/> has accepted.</summary>
    public static RtcOptions Read(RtcSection section)
    {
        if (!TryReadAddress(section.Address, out var address)
            || !TryReadPortKind(section.UseLinuxPort, out var kind)
            || !TryReadGcm(section.Gcm, out var gcm))
        {
            throw new ArgumentException("The section was not validated.", nameof(section));
        }

        return new RtcOptions
        {
            Address = address,
            FirstPort = section.Port,
            TcpPort = section.TcpPort,
            Workers = section.Workers,
            PublicAddresses = [.. section.PublicAddresses.Select(IPAddress.Parse)],
            PortKind = kind,
            SegmentedSends = section.SegmentedSends == "on",
            GatherWindow = TimeSpan.FromMicroseconds(section.GatherMicroseconds),
            Gcm = gcm,
        };
    }

    internal static bool TryReadAddress(string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = text?.Trim() switch
        {
            "localhost" => IPAddress.Loopback,
            "any" or "*" => new RtcOptions().Address,   // IPv4 and IPv6, or IPv4 alone where the machine has no IPv6
            var one when IPAddress.TryParse(one, out var parsed) => parsed,
            _ => null,
        };
        return address is not null;
    }

    internal static bool TryReadPortKind(string? text, out UdpPortKind kind)
    {
        (var known, kind) = text switch
        {
            "auto" => (true, UdpPortKind.Auto),
            "on" => (true, UdpPortKind.Linux),
            "off" => (true, UdpPortKind.Portable),
            _ => (false, default),
        };
        return known;
    }

    internal static bool TryReadGcm(string? text, out GcmKind gcm)
    {
        (var known, gcm) = text switch
        {
            "auto" => (true, GcmKind.Auto),
            "wide" => (true, GcmKind.Wide),
            "narrow" => (true, GcmKind.Narrow),
            "openssl" => (true, GcmKind.OpenSsl),
            _ => (false, default),
        };
        return known;
    }

    internal static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
