using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stills;

namespace Streaming.Server.Classrooms;

/// <content>How much of the lesson comes to each device, and the stills for those to whom no picture comes.</content>
internal sealed partial class Classroom
{
    /// <summary>What is wrong with a highest rung that is none.</summary>
    public static readonly Refusal NoRung = new(HubErrors.BadRequest, "The highest rung is text, sound, slides or picture.");

    private readonly ClassroomStills _stills = new();

    private Refusal? HearRung(DateTimeOffset now, string session, Rung rung, List<ClassroomOutput> outputs)
    {
        if (_media.Find(session) is { Kind: MediaKind.Watch } media && media.Rung != rung)
        {
            media.Rung = rung;
            FollowRung(now, media.Seat, media.Device, outputs);
        }

        return null;
    }

    private Refusal? HearLayersWanted(string session, int top, List<ClassroomOutput> outputs)
    {
        if (_media.Find(session) is { Kind: MediaKind.Publish } media)
        {
            media.Top = top;
            TellLayersWanted(media.Device, outputs);
        }

        return null;
    }

    private static void TellLayersWanted(SeatDevice device, List<ClassroomOutput> outputs)
    {
        if (device is { Connection: { } connection, Publishing: { Top: { } top } media })
        {
            outputs.Add(new TellLayersWanted(connection, new LayersWanted(media.Session, top)));
        }
    }

    private Refusal? LimitRung(DateTimeOffset now, Caller caller, Rung highest, List<ClassroomOutput> outputs)
    {
        if (_roster.Find(caller) is not ({ } seat, { } device))
        {
            return Refusal.NotJoined;
        }

        if (!Enum.IsDefined(highest))
        {
            return NoRung;
        }

        if (device.Highest != highest)
        {
            device.Highest = highest;
            if (device.Watching is { } media)
            {
                outputs.Add(new LimitMedia(media.Session, highest));
            }

            FollowRung(now, seat, device, outputs);
        }

        return null;
    }

    private Refusal? TakeStill(DateTimeOffset now, string member, StillImage image, List<ClassroomOutput> outputs)
    {
        if (_roster.Find(member) is not { } seat)
        {
            return Refusal.NotJoined;
        }

        if (seat.Role != Role.Teacher)
        {
            return Refusal.TeacherOnly;
        }

        if (!_lesson.Sources.Contains(TrackSource.Screen))
        {
            return _lesson.Phase == LessonPhase.Live ? StillRefusals.NoScreen : Refusal.LessonNotLive;
        }

        if (_stills.Newest == image.What)
        {
            return null;
        }

        if (!_stills.MayTake(now))
        {
            return StillRefusals.TooSoon;
        }

        _stills.Take(image.What, now);
        outputs.Add(new KeepStill(image));
        _news.Still(image.What);
        return null;
    }

    /// <summary>Another rung: the page is told, the ledger, and the teacher's page if it is the first or last one without a picture.</summary>
    private void FollowRung(DateTimeOffset now, ClassroomSeat seat, SeatDevice device, List<ClassroomOutput> outputs)
    {
        NoteNeed(now, seat, device, isThere: true, outputs);
        NoteReceiving(now, seat, device, outputs);
        if (device.Connection is { } connection && device.ToldRung != device.Rung)
        {
            device.ToldRung = device.Rung;
            outputs.Add(new TellRung(connection, device.Rung));
        }
    }

    // A page that was loaded again believes what every new page does, and one that comes back what it was told.
    private void TellRungAtJoin(DateTimeOffset now, ClassroomSeat seat, SeatDevice device, List<ClassroomOutput> outputs)
    {
        if (device.ToldRung != Rung.Picture || device.Rung != Rung.Picture)
        {
            device.ToldRung = device.Rung;
            outputs.Add(new TellRung(device.Connection!, device.Rung));
        }

        NoteNeed(now, seat, device, isThere: true, outputs);
        if (seat.Role == Role.Teacher && _stills.IsWanted)
        {
            outputs.Add(new TellStillsWanted(device.Connection!));
        }

        TellLayersWanted(device, outputs);
    }

    private void NoteNeed(DateTimeOffset now, ClassroomSeat seat, SeatDevice device, bool isThere, List<ClassroomOutput> outputs)
    {
        // A client without a page has nothing to show a still in.
        if (_stills.Note(device, isThere && seat.Role == Role.Student && !device.IsMediaOnly && device.Rung < Rung.Picture, now))
        {
            outputs.Add(new StillsWanted(_stills.IsWanted));
        }
    }

    private void TickStills(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        if (_stills.Tick(now))
        {
            outputs.Add(new StillsWanted(_stills.IsWanted));
        }
    }

    /// <summary>What is sent has changed: a still of a screen that is not shared is none, and where no screen is, nobody has slides.</summary>
    private void FollowScreen(DateTimeOffset now, bool had, List<ClassroomOutput> outputs)
    {
        var has = _lesson.Sources.Contains(TrackSource.Screen);
        if (!has && _stills.Clear())
        {
            outputs.Add(new DropStills());
        }

        if (has == had)
        {
            return;
        }

        foreach (var seat in _roster.Seats)
        {
            foreach (var device in seat.Devices)
            {
                if (device.Rung == Rung.Slides)
                {
                    NoteReceiving(now, seat, device, outputs);
                }
            }
        }
    }

    // Of what comes to a device on its rung; the page may have turned the sound off.
    private MediaFacts FactsOnRung(SeatDevice device)
    {
        var sound = device.Report.Silent ? MediaFacts.None : MediaFacts.Sound;
        return device.Rung switch
        {
            Rung.Picture => MediaFacts.Picture | sound,
            Rung.Slides when _lesson.Sources.Contains(TrackSource.Screen) => MediaFacts.Slides | sound,
            _ => sound,
        };
    }
}
