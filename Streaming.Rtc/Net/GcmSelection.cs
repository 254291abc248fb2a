using Microsoft.Extensions.Logging;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Net;

/// <summary>Settles at the start which code does AES-GCM, and says so.</summary>
internal static class GcmSelection
{
    /// <summary>What is to be used; logs that, and every way that failed its self-test.</summary>
    /// <exception cref="PlatformNotSupportedException">What was asked for cannot be used.</exception>
    public static GcmKind Make(GcmChoice machine, GcmKind asked, ILogger logger)
    {
        foreach (var way in machine.Ways)
        {
            if (way.Failure is { } failure)
            {
                logger.GcmFailed(way.Kind, failure);
            }
        }

        var chosen = machine.Resolve(asked);
        logger.GcmChosen(chosen, asked);
        return chosen;
    }
}
