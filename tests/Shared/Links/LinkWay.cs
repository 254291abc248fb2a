namespace Streaming.Tests.Shared.Links;

/// <summary>One direction of a link, for as long as it stays as it is. The default passes everything at once.</summary>
internal sealed record LinkWay
{
    /// <summary>What each datagram weighs besides its payload: IPv4 and UDP headers.</summary>
    public const int HeaderBytes = 28;

    /// <summary>Loses nothing, delays nothing.</summary>
    public static LinkWay Perfect { get; } = new();

    /// <summary>Passes nothing.</summary>
    public static LinkWay Down { get; } = new() { IsDown = true };

    /// <summary>How fast it carries, headers included, in bit/s; null for at once.</summary>
    public double? BitsPerSecond { get; init; }

    /// <summary>How long what waits may take to leave; more is dropped at its end.</summary>
    public TimeSpan Queue { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How many bytes may wait, headers included, however long they take: what counts is the larger of the two.</summary>
    public int QueueBytes { get; init; } = 3_000;

    /// <summary>How long a datagram is on its way after it has left.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How much longer it may be, evenly spread. Nothing is overtaken because of it.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Share of the datagrams that are lost one by one, 0–1.</summary>
    public double Loss { get; init; }

    /// <summary>Loss in bursts, besides.</summary>
    public BurstLoss Bursts { get; init; }

    /// <summary>Share of the datagrams that others overtake, 0–1.</summary>
    public double Reorder { get; init; }

    /// <summary>How much later these arrive.</summary>
    public TimeSpan ReorderBy { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>Whether nothing passes; what waits is lost too.</summary>
    public bool IsDown { get; init; }

    /// <summary>Bytes that may wait.</summary>
    public double QueueLimit => BitsPerSecond is { } rate ? Math.Max(QueueBytes, rate * Queue.TotalSeconds / 8) : double.PositiveInfinity;
}
