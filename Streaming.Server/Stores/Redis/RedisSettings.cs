using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Security;

namespace Streaming.Server.Stores.Redis;

/// <summary>How Redis is reached: section <c>Redis</c>, read.</summary>
internal sealed record RedisSettings
{
    /// <summary>The servers; with <see cref="SentinelService"/>, the sentinels.</summary>
    public required IReadOnlyList<EndPoint> Endpoints { get; init; }

    /// <summary>The default user's password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether all connections speak TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>Judges the servers' certificates; null for the system's judgement.</summary>
    public RemoteCertificateValidationCallback? Trust { get; init; }

    /// <summary>What the sentinels call the master; null without sentinels.</summary>
    public string? SentinelService { get; init; }

    /// <summary>What every key begins with.</summary>
    public string Prefix { get; init; } = "streaming";

    /// <summary>How long one call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Reads a section that the validator has passed.</summary>
    public static RedisSettings Read(RedisSection section) => new()
    {
        Endpoints = [.. section.Endpoints.Select(text => TryReadEndpoint(text, out var endpoint) ? endpoint : throw new FormatException(text))],
        Password = string.IsNullOrEmpty(section.Password) ? null : section.Password,
        Tls = section.Tls,
        Trust = string.IsNullOrEmpty(section.CaFile) ? null : RedisTrust.InAuthoritiesOf(section.CaFile),
        SentinelService = string.IsNullOrEmpty(section.SentinelService) ? null : section.SentinelService,
        Prefix = section.Prefix,
        Timeout = section.Timeout,
    };

    /// <summary>Reads <c>host:port</c>; an IPv6 address stands in brackets.</summary>
    public static bool TryReadEndpoint(string text, [NotNullWhen(true)] out EndPoint? endpoint)
    {
        endpoint = null;
        var colon = text.LastIndexOf(':');
        if (colon < 1
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0)
        {
            return false;
        }

        var host = text[..colon];
        if (IPAddress.TryParse(host, out var address))
        {
            endpoint = host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? null : new IPEndPoint(address, port);
        }
        else if (Uri.CheckHostName(host) == UriHostNameType.Dns)
        {
            endpoint = new DnsEndPoint(host, port);
        }

        return endpoint is not null;
    }
}
