using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Load;

/// <summary>What kind of run it is.</summary>
internal enum LoadKind
{
    /// <summary>So many viewers, measured once.</summary>
    Steady,

    /// <summary>Ever more viewers, until something is full.</summary>
    Saturate,

    /// <summary>Many join at one time while classes run.</summary>
    Storm,

    /// <summary>Viewers come and go while classes run.</summary>
    Churn,
}

/// <summary>Another server that speaks WHIP and WHEP.</summary>
/// <param name="Whip">Where a teacher publishes.</param>
/// <param name="Whep">Where a viewer watches.</param>
/// <param name="ProcessId">Its process on this machine.</param>
/// <param name="WhipToken">Bearer token of the teacher; null for none.</param>
/// <param name="WhepToken">Bearer token of viewers; null for none.</param>
internal sealed record ForeignOptions(Uri Whip, Uri Whep, int ProcessId, string? WhipToken, string? WhepToken);

/// <summary>What a load run does. All of it stays on loopback and is bounded in time and number.</summary>
internal sealed record LoadOptions
{
    public LoadKind Kind { get; init; } = LoadKind.Steady;

    /// <summary>Classes, each with a teacher: 1–200.</summary>
    public int Classes { get; init; } = 1;

    /// <summary>Viewers of each class, 1–5 000; of a saturation run, how many it begins with.</summary>
    public int Viewers { get; init; } = 100;

    /// <summary>How long is measured, of a saturation run each step: 1–600.</summary>
    public int Seconds { get; init; } = 10;

    /// <summary>What each teacher sends.</summary>
    public PublishedStream Stream { get; init; } = new(50, 5, 1_100, TimeSpan.FromMilliseconds(10));

    /// <summary>The only SRTP profile that teachers and viewers offer.</summary>
    public SrtpProfile Profile { get; init; } = SrtpProfile.AeadAes128Gcm;

    /// <summary>
    /// Whether viewers offer transport feedback, and send it where it is taken. Every browser does: without, the server is measured on a path
    /// that no class is on any more.
    /// </summary>
    public bool TellsArrivals { get; init; } = true;

    /// <summary>How viewers come to what has arrived.</summary>
    public Receivers Receivers { get; init; } = Receivers.Timer;

    /// <summary>How long the viewers' thread sleeps between two looks.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Every how manieth viewer is decrypted, checked and timed: 1–1 000.</summary>
    public int Sample { get; init; } = 10;

    /// <summary>Media workers of our server, 1–64.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Where our server runs.</summary>
    public ProcessorSet ServerProcessors { get; init; } = new([0]);

    /// <summary>Where this process runs.</summary>
    public ProcessorSet LoadProcessors { get; init; } = new([0]);

    /// <summary>Further settings of our server, as <c>Section:Key=value</c>.</summary>
    public IReadOnlyList<string> ServerSettings { get; init; } = [];

    /// <summary>Viewers that join a second, 1–5 000.</summary>
    public int Ramp { get; init; } = 100;

    /// <summary>How long everybody is there before anything is measured, at least: 1–600 s.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many viewers a step of a saturation run adds, 1–1 000.</summary>
    public int Step { get; init; } = 100;

    /// <summary>Where a saturation run ends at the latest, in viewers of all classes: 1–5 000.</summary>
    public int Most { get; init; } = 3_000;

    /// <summary>How many join in a storm, 1–5 000.</summary>
    public int StormViewers { get; init; }

    /// <summary>Within how long they set out, 1–60 s.</summary>
    public int StormSeconds { get; init; }

    /// <summary>Whether the storm comes into the running classes; otherwise into classes of its own that wait for their teacher.</summary>
    public bool StormsIntoRunning { get; init; }

    /// <summary>How many viewers leave, and as many come, in a second of a churn run: 1–500.</summary>
    public int Churn { get; init; }

    /// <summary>Another server instead of ours; null for ours.</summary>
    public ForeignOptions? Foreign { get; init; }

    /// <summary>Where the figures go as JSON; null for nowhere.</summary>
    public string? JsonFile { get; init; }

    /// <summary>Where the figures go as Markdown; null for nowhere.</summary>
    public string? MarkdownFile { get; init; }

    /// <summary>The most viewers that there will be at one time.</summary>
    public int MostViewers => Kind switch
    {
        LoadKind.Saturate => Most,
        LoadKind.Storm => (Classes * Viewers) + StormViewers,
        LoadKind.Churn => (Classes * Viewers) + Churn,
        _ => Classes * Viewers,
    };
}
