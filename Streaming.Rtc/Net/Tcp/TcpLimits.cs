namespace Streaming.Rtc.Net.Tcp;

/// <summary>How many TCP connections are taken, and how long one may be of no use.</summary>
/// <remarks>
/// A network is an IPv4 address or the first 64 bits of an IPv6 one. A whole school may be behind one, so only those who have not proved
/// that they belong to a lesson are kept few.
/// </remarks>
internal sealed record TcpLimits
{
    /// <summary>Connections in all.</summary>
    public int Connections { get; init; } = 4_096;

    /// <summary>Connections of one network.</summary>
    public int PerNetwork { get; init; } = 2_048;

    /// <summary>Connections that have not sent a valid check yet.</summary>
    public int Unchecked { get; init; } = 512;

    /// <summary>Those of one network.</summary>
    public int UncheckedPerNetwork { get; init; } = 128;

    /// <summary>How long a connection may take until its first valid check.</summary>
    public TimeSpan CheckWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it may be without another one: what a transport may (RFC 7675), and a little for the way.</summary>
    public TimeSpan CheckAgainWithin { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>How long it may take nothing of what it is sent.</summary>
    public TimeSpan TakeWithin { get; init; } = TimeSpan.FromSeconds(30);
}
