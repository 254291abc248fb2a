using System.Net.Sockets;

namespace Streaming.Rtc.Tests.Net;

/// <summary>A fact that needs an IPv6 stack; says so when the machine has none.</summary>
internal sealed class IPv6FactAttribute : FactAttribute
{
    public IPv6FactAttribute()
    {
        if (!Socket.OSSupportsIPv6)
        {
            Skip = "This machine has no IPv6.";
        }
    }
}
