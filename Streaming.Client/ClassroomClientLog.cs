using Microsoft.Extensions.Logging;

namespace Streaming.Client;

/// <summary>What a <see cref="ClassroomClient"/> tells the log. Ids are never reused.</summary>
internal static partial class ClassroomClientLog
{
    [LoggerMessage(300, LogLevel.Debug, "No seat at {Server} yet: {Code}.")]
    public static partial void AttemptFailed(this ILogger logger, Uri server, string code, Exception cause);

    [LoggerMessage(301, LogLevel.Error, "A handler of the classroom client failed.")]
    public static partial void HandlerFailed(this ILogger logger, Exception error);
}
