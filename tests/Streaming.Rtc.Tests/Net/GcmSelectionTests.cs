using Microsoft.Extensions.Logging;
using Streaming.Rtc.Net;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Net;

public sealed class GcmSelectionTests : ILogger
{
    private static readonly GcmWay Sound = new(GcmKind.OpenSsl, true, "OpenSSL", (key, encrypts) => new OpenSslGcmKey(key, encrypts));
    private readonly List<(LogLevel Level, int Id, string Message)> _logged = [];

    [Fact]
    public void TheChoiceIsLogged()
    {
        Assert.Equal(GcmKind.OpenSsl, GcmSelection.Make(new GcmChoice(Sound), GcmKind.Auto, this));
        Assert.Equal([(LogLevel.Information, 115, "AES-GCM is done by OpenSsl; asked for: Auto.")], _logged);
    }

    [Fact]
    public void AWayThatFailedItsSelfTestIsLoggedAndPassedOver()
    {
        var broken = new GcmWay(GcmKind.Narrow, true, "luck", (_, _) => throw new NotSupportedException("Not today."));
        Assert.Equal(GcmKind.OpenSsl, GcmSelection.Make(new GcmChoice(broken, Sound), GcmKind.Auto, this));
        Assert.Equal(
            (LogLevel.Error, 116, "AES-GCM by Narrow failed its self-test and is not used: it threw NotSupportedException: Not today."), _logged[0]);
        Assert.Equal(115, _logged[1].Id);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _logged.Add((logLevel, eventId.Id, formatter(state, exception)));
}
