namespace Streaming.Benchmarks.Load;

/// <summary>When a server does not keep up any more, and whose core was full then.</summary>
internal static class SaturationRule
{
    /// <summary>The share that may be lost.</summary>
    public const double MostLost = 0.001;

    /// <summary>A median beyond this at the end of a window, in ms: what waits grows. Sockets hold seconds before they lose anything.</summary>
    public const double MostBehind = 100;

    /// <summary>Packets that a viewer may have fewer than were sent, beyond <see cref="MostLost"/>: what is under way at the window's two ends.</summary>
    public const int UnderWay = 60;

    private const double Full = 0.95;

    /// <summary>Whether the server, or this side, could not follow in a window.</summary>
    public static bool Exceeds(LoadFigures figures) =>
        figures.LossShare > MostLost || figures.DroppedAtViewers > MostLost * figures.Forwarded || figures.LastLatency > MostBehind || IsStarved(figures);

    /// <summary>Whether a viewer got fewer packets than its teacher sent, though none is missing between those that came: the server sent it fewer, or none at the end.</summary>
    public static bool IsStarved(LoadFigures figures)
    {
        var sent = figures.Sent / (double)figures.Classes;
        return figures.DroppedAtViewers == 0 && figures.Sent > 0 && (1 - figures.FewestShare) * sent > UnderWay + (MostLost * sent);
    }

    /// <summary>One sentence about a window that <see cref="Exceeds"/>.</summary>
    public static string Tell(LoadFigures figures)
    {
        var what = figures switch
        {
            _ when figures.LossShare > MostLost => $"{figures.LossShare * 100:0.00} % was lost",
            _ when figures.DroppedAtViewers > MostLost * figures.Forwarded => $"the viewers' own sockets dropped {figures.DroppedAtViewers} datagrams",
            _ when IsStarved(figures) => $"a viewer was sent only {figures.FewestShare * 100:0.0} % of what its teacher sent",
            _ => $"packets were {figures.LastLatency:0} ms late at the end, and ever later",
        };
        var whose = (figures.ServerProcessorsBusy > Full, figures.LoadProcessorsBusy > Full) switch
        {
            (true, true) => "both sides' processors were full",
            (true, false) => "the server's processors were full",
            (false, true) => "the load side's processors were full, not the server's",
            _ => "neither side's processors were full",
        };
        return $"At {figures.Viewers} viewers {what}; {whose} (server's {figures.ServerProcessorsBusy * 100:0} %, {figures.ServerShare * 100:0} % of a core by the server itself; "
            + $"load's {figures.LoadProcessorsBusy * 100:0} %, {figures.LoadShare * 100:0} % by the load itself).";
    }
}
