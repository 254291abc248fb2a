namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>Why the estimate is what it is: what last moved it.</summary>
public enum EstimateReason
{
    /// <summary>Nothing yet: it is the value to start from.</summary>
    Start,

    /// <summary>It grows on a calm path.</summary>
    Growth,

    /// <summary>It fell because a queue grows.</summary>
    OverUse,

    /// <summary>It fell because a queue stands.</summary>
    StandingQueue,

    /// <summary>It fell because more is lost than the link loses anyway.</summary>
    Loss,

    /// <summary>It rose to what a probe has found.</summary>
    Probe,

    /// <summary>It sinks because the viewer says nothing.</summary>
    Silence,

    /// <summary>It is what it was before a silence in which nothing was lost.</summary>
    Return,
}
