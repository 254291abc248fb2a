using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>Media sessions: of hub connections, and of WHIP and WHEP clients, which are devices by having one.</content>
internal sealed partial class Classroom
{
    private Refusal? Announce(OpenMedia open)
    {
        var refusal = MayOpen(open);
        if (refusal is null)
        {
            _media.Announce(open);
        }

        return refusal;
    }

    private Refusal? MayOpen(OpenMedia open)
    {
        if (open.Kind == MediaKind.Publish && open.Who.Role != Role.Teacher)
        {
            return Refusal.TeacherOnly;
        }

        // A WHIP client starts the lesson by publishing; a page has a button for it, and nobody is to be on air before.
        return open.Caller is null ? _roster.Admits(open.Who, open.Device)
            : _roster.Find(open.Caller) is null ? Refusal.NotJoined
            : open.Kind == MediaKind.Publish && _lesson.Phase != LessonPhase.Live ? Refusal.LessonNotLive
            : null;
    }

    private Refusal? Open(DateTimeOffset now, string session, IReadOnlyList<TrackSource> sources, List<ClassroomOutput> outputs)
    {
        // Between the announcement and now the session may have died, or its owner left.
        var refusal = _media.TryTakeAnnounced(session, out var open) ? MayOpen(open) : Refusal.SessionNotFound;
        if (refusal is not null)
        {
            outputs.Add(new CloseMedia(session));
            return refusal;
        }

        var (seat, device) = open.Caller is null ? TakeMediaSeat(now, open, outputs) : _roster.Find(open.Caller)!.Value;
        var former = open.Kind == MediaKind.Publish ? _media.Publisher : device.Watching;
        if (former is not null)
        {
            Replace(now, former, device, outputs);
        }

        var media = _media.Add(open, seat, device, now);
        if (open.Kind == MediaKind.Watch)
        {
            // The same device over the same link, most likely: what is known of the former session holds until the new one is judged.
            media.Rung = former?.Rung;
            if (device.Highest != Rung.Picture)
            {
                outputs.Add(new LimitMedia(session, device.Highest));
            }
        }

        if (open is { Kind: MediaKind.Publish, Caller: null })
        {
            Start(now, byMedia: true, outputs);
            Apply(now, sources, outputs);
        }

        return null;
    }

    private (ClassroomSeat Seat, SeatDevice Device) TakeMediaSeat(DateTimeOffset now, OpenMedia open, List<ClassroomOutput> outputs)
    {
        var seat = SeatFor(now, open.Who, outputs);
        var id = open.Device ?? MediaOnlyDevice(open.Session);
        var device = seat.Device(id);
        var isNew = device is null;
        if (device is null)
        {
            seat.Devices.Add(device = new SeatDevice(id));
        }

        NoteComing(now, seat, device, isNew, outputs);

        // A page that came back by its media first is back: no grace runs out on it before its hub connection stands.
        device.IsMediaOnly = device.Connection is null;
        device.GraceEnds = null;
        return (seat, device);
    }

    /// <summary>The device that a WHIP or WHEP session is; no hub client can name itself so.</summary>
    public static string MediaOnlyDevice(string session) => $":{session}";

    private void Replace(DateTimeOffset now, ClassroomMediaSession former, SeatDevice device, List<ClassroomOutput> outputs)
    {
        if (former.Device == device)
        {
            CloseSession(now, former, replaced: true, outputs);
            return;
        }

        Close(now, former, tell: false, outputs);
        if (former.Device.Connection is { } connection)
        {
            // Told only that its session ended, that page would publish again and close this one, and so on for ever.
            outputs.Add(new Dismiss(connection, HubErrors.Replaced));
            former.Device.Connection = null;
            RemoveDevice(now, former.Seat, former.Device, LedgerCause.Replaced, outputs);
        }
    }

    private Refusal? Lose(DateTimeOffset now, string session, List<ClassroomOutput> outputs)
    {
        if (!_media.TryTakeAnnounced(session, out _) && _media.Find(session) is { } media)
        {
            Close(now, media, tell: true, outputs);
        }

        return null;
    }

    private Refusal? Delete(DateTimeOffset now, DeleteMedia delete, List<ClassroomOutput> outputs)
    {
        if (_media.Find(delete.Session) is not { Device.IsMediaOnly: true } media
            || media.Kind != delete.Kind || media.Seat.Member != delete.Member)
        {
            return Refusal.SessionNotFound;
        }

        if (media.Kind == MediaKind.Publish && _startedByMedia && _lesson.Phase == LessonPhase.Live)
        {
            return End(now, now, outputs);
        }

        Close(now, media, tell: false, outputs);
        return null;
    }

    private Refusal? HearQuality(DateTimeOffset now, string session, LinkQuality quality, List<ClassroomOutput> outputs)
    {
        if (_media.Find(session) is { } media)
        {
            _media.Hear(media, quality, now);
            NoteReceiving(now, media.Seat, media.Device, outputs);
        }

        return null;
    }

    private Refusal? ChooseSources(DateTimeOffset now, Caller caller, IReadOnlyList<TrackSource>? sources, List<ClassroomOutput> outputs)
    {
        if (sources is null || sources.Any(source => !Enum.IsDefined(source)))
        {
            return new Refusal(HubErrors.BadRequest, "Sources are a list of voice, camera and screen.");
        }

        if (_media.Publisher is not { } publisher || publisher.Device != _roster.Find(caller)?.Device)
        {
            return new Refusal(HubErrors.SessionNotFound, "Publish first.");
        }

        Apply(now, sources, outputs);
        return null;
    }

    private void Apply(DateTimeOffset now, IReadOnlyList<TrackSource> sources, List<ClassroomOutput> outputs)
    {
        TrackSource[] ordered = [.. sources.Distinct().Order()];
        if (_media.Publisher is { } publisher && !ordered.SequenceEqual(_lesson.Sources))
        {
            outputs.Add(new ApplySources(publisher.Session, ordered));
            SayWhatIsSent(now, ordered, outputs);
        }
    }

    private void SayWhatIsSent(DateTimeOffset now, IReadOnlyList<TrackSource> sources, List<ClassroomOutput> outputs)
    {
        if (!sources.SequenceEqual(_lesson.Sources))
        {
            var had = _lesson.Sources.Contains(TrackSource.Screen);
            _lesson = _lesson with { Sources = sources };
            _news.Lesson();
            FollowScreen(now, had, outputs);
        }
    }

    private void CloseAll(DateTimeOffset now, SeatDevice device, List<ClassroomOutput> outputs)
    {
        foreach (var media in (ReadOnlySpan<ClassroomMediaSession?>)[device.Publishing, device.Watching])
        {
            if (media is not null)
            {
                Close(now, media, tell: false, outputs);
            }
        }
    }

    private void Close(DateTimeOffset now, ClassroomMediaSession media, bool tell, List<ClassroomOutput> outputs)
    {
        CloseSession(now, media, replaced: false, outputs);
        if (media.Device.IsMediaOnly)
        {
            RemoveDevice(now, media.Seat, media.Device, tell ? LedgerCause.MediaLost : LedgerCause.Asked, outputs);
        }
        else if (tell && media.Device.Connection is { } connection)
        {
            outputs.Add(new TellMediaClosed(connection, media.Session));
        }
        else if (tell)
        {
            media.Device.Untold.Add(media.Session);
        }
    }

    private void CloseSession(DateTimeOffset now, ClassroomMediaSession media, bool replaced, List<ClassroomOutput> outputs)
    {
        outputs.Add(new CloseMedia(media.Session));
        if (_media.Publisher == media)
        {
            SayWhatIsSent(now, [], outputs);
        }

        _media.Remove(media, replaced, now);
        NoteReceiving(now, media.Seat, media.Device, outputs);
    }
}
