using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>One open media session and whose it is.</summary>
internal sealed class ClassroomMediaSession(string session, MediaKind kind, ClassroomSeat seat, SeatDevice device, DateTimeOffset opened)
{
    public string Session { get; } = session;
    public DateTimeOffset Opened { get; } = opened;
    public MediaKind Kind { get; } = kind;
    public ClassroomSeat Seat { get; } = seat;
    public SeatDevice Device { get; } = device;
    public LinkQuality? Quality { get; set; }

    /// <summary>What its link carries; null before that is known.</summary>
    public Rung? Rung { get; set; }

    /// <summary>The largest of the camera's layers that somebody wants of it; null while all are.</summary>
    public int? Top { get; set; }
}

/// <summary>The media sessions of a class by name, and how the students receive.</summary>
/// <remarks>Belongs to <see cref="Classroom"/>; only it calls.</remarks>
internal sealed class ClassroomMedia
{
    /// <summary>How long changes of quality are gathered before they are told: 1 200 students make one message of it.</summary>
    public static readonly TimeSpan QualityInterval = TimeSpan.FromSeconds(1);

    /// <summary>A session that was replaced after so long without ever being heard of received nothing: its way is blocked.</summary>
    public static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, OpenMedia> _announced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClassroomMediaSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkQuality> _quality = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkQuality> _told = new(StringComparer.Ordinal);
    private readonly List<string> _changed = [];

    /// <summary>The one session that the class watches.</summary>
    public ClassroomMediaSession? Publisher { get; private set; }

    public int Count => _sessions.Count;

    public IReadOnlyCollection<string> Names => _sessions.Keys;

    /// <summary>When gathered changes of quality are to be told; null while there are none.</summary>
    public DateTimeOffset? QualityDue { get; private set; }

    /// <summary>How students receive is told in a live lesson only: outside of it nobody has a publisher to receive.</summary>
    public bool IsLive { get; private set; }

    public void GoLive(DateTimeOffset now)
    {
        IsLive = true;
        foreach (var media in _sessions.Values.Where(media => media.Quality is not null))
        {
            Weigh(media.Seat, now);
        }
    }

    public void EndLive()
    {
        IsLive = false;
        _quality.Clear();
        _told.Clear();
        _changed.Clear();
        QualityDue = null;
    }

    public void Announce(OpenMedia announced) => _announced.Add(announced.Session, announced);

    public bool TryTakeAnnounced(string session, out OpenMedia announced) => _announced.Remove(session, out announced!);

    public ClassroomMediaSession? Find(string session) => _sessions.GetValueOrDefault(session);

    public ClassroomMediaSession Add(OpenMedia opened, ClassroomSeat seat, SeatDevice device, DateTimeOffset now)
    {
        var media = new ClassroomMediaSession(opened.Session, opened.Kind, seat, device, now);
        _sessions.Add(media.Session, media);
        if (media.Kind == MediaKind.Publish)
        {
            Publisher = device.Publishing = media;
        }
        else
        {
            device.Watching = media;
            TakeBackLoss(seat.Member);
        }

        return media;
    }

    /// <summary>Takes a session out.</summary>
    /// <param name="media">Which.</param>
    /// <param name="replaced">Another one of the same device is about to be added.</param>
    /// <param name="now">The time.</param>
    public void Remove(ClassroomMediaSession media, bool replaced, DateTimeOffset now)
    {
        _sessions.Remove(media.Session);
        Publisher = Publisher == media ? null : Publisher;
        var device = media.Device;
        device.Publishing = device.Publishing == media ? null : device.Publishing;
        device.Watching = device.Watching == media ? null : device.Watching;
        if (media.Kind != MediaKind.Watch)
        {
            return;
        }

        // Also without any quality before: where UDP is blocked none is ever heard, and the teacher must learn of it.
        if (!replaced || (media.Quality is null && now - media.Opened >= SilentFor))
        {
            Weigh(media.Seat, now);
        }
    }

    public void Hear(ClassroomMediaSession media, LinkQuality quality, DateTimeOffset now)
    {
        if (media.Quality == quality || media.Kind != MediaKind.Watch)
        {
            return;
        }

        media.Quality = quality;
        Weigh(media.Seat, now);
    }

    /// <summary>A teacher came, who knows nothing yet: tell all of it at the next time.</summary>
    public void TellAll(DateTimeOffset now)
    {
        foreach (var member in _quality.Keys)
        {
            Gather(member, now);
        }
    }

    public void Forget(ClassroomSeat seat)
    {
        _quality.Remove(seat.Member);
        _told.Remove(seat.Member);
        _changed.Remove(seat.Member);
    }

    public IReadOnlyList<ViewerQuality> TakeChanged()
    {
        ViewerQuality[] changed = [.. _changed.Select(member => new ViewerQuality(member, _quality[member]))];
        foreach (var viewer in changed)
        {
            _told[viewer.Member] = viewer.Quality;
        }

        _changed.Clear();
        QualityDue = null;
        return changed;
    }

    // Who hears well on one of two devices hears well. A session of which nothing is known yet leaves what was known before.
    private void Weigh(ClassroomSeat seat, DateTimeOffset now)
    {
        if (seat.Role != Role.Student || !IsLive)
        {
            return;
        }

        var sessions = seat.Devices.Select(device => device.Watching).OfType<ClassroomMediaSession>().ToArray();
        var weighed = sessions.Length == 0 ? LinkQuality.Lost : sessions.Min(media => media.Quality);
        if (weighed is not { } best || (_quality.TryGetValue(seat.Member, out var known) && known == best))
        {
            return;
        }

        _quality[seat.Member] = best;
        Gather(seat.Member, now);
    }

    // A page that is loaded again closes its session and opens another: within the interval nobody need hear of it.
    private void TakeBackLoss(string member)
    {
        if (_quality.TryGetValue(member, out var known) && known == LinkQuality.Lost
            && _told.TryGetValue(member, out var told) && told != LinkQuality.Lost && _changed.Remove(member))
        {
            _quality[member] = told;
            QualityDue = _changed.Count == 0 ? null : QualityDue;
        }
    }

    private void Gather(string member, DateTimeOffset now)
    {
        if (!_changed.Contains(member))
        {
            _changed.Add(member);
        }

        QualityDue ??= now + QualityInterval;
    }
}
