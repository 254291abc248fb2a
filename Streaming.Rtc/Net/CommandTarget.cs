using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net;

/// <summary>Whom a command concerns, for the log and for cleaning up after one that failed.</summary>
internal static class CommandTarget
{
    /// <summary>The transport that a command names, if it names one.</summary>
    public static TransportId? Transport(RtcCommand command) => command switch
    {
        AddPublisher add => add.Transport,
        AddWatcher add => add.Transport,
        CloseTransport close => close.Transport,
        SetSources set => set.Transport,
        LimitWatcher limit => limit.Transport,
        DtlsSend send => send.Transport,
        DtlsConnected connected => connected.Transport,
        DtlsProven proven => proven.Transport,
        DtlsClosed closed => closed.Transport,
        _ => null,
    };

    /// <summary>The ids that a command names, in words.</summary>
    public static string Describe(RtcCommand command) => command switch
    {
        OpenRoom open => open.Room.ToString(),
        CloseRoom close => close.Room.ToString(),
        AddPublisher add => $"{add.Transport} in {add.Room}",
        AddWatcher add => $"{add.Transport} in {add.Room}",
        RelayCommand relay => relay.Room.ToString(),
        _ => Transport(command)?.ToString() ?? "nobody",
    };
}
