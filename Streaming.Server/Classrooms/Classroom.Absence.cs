using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>How long the teacher has been away, over restarts too, and what is stored for it.</content>
internal sealed partial class Classroom
{
    /// <summary>A lesson without any teacher for so long ends by itself.</summary>
    public static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(4);

    /// <summary>How exactly the time when the teacher was last there outlives a crash.</summary>
    public static readonly TimeSpan TeacherSeenInterval = TimeSpan.FromMinutes(30);

    private DateTimeOffset _teacherSeen;
    private DateTimeOffset _savedAt;
    private bool _endedMeanwhile;
    private bool _hadTeacher;

    private DateTimeOffset? AbandonedAt => _lesson.Phase == LessonPhase.Live && Teachers == 0 ? _teacherSeen + AbandonedAfter : null;

    private DateTimeOffset? SaveDue => _lesson.Phase == LessonPhase.Live && Teachers > 0 ? _savedAt + TeacherSeenInterval : null;

    /// <summary>Says what became of the stored lesson while the class was closed. Called once, before the first command.</summary>
    public void Begin(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        if (_endedMeanwhile)
        {
            _endedMeanwhile = false;
            Happen(now, new Happening(LedgerKind.Ended, Cause: LedgerCause.Abandoned, Since: _lesson.EndedAt), outputs);
            outputs.Add(Stored(now));
        }
    }

    private void NoteTeacher(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        var has = Teachers > 0;
        if (has || _hadTeacher)
        {
            _teacherSeen = now;
        }

        if (SaveDue <= now || (_hadTeacher && !has && _lesson.Phase == LessonPhase.Live))
        {
            outputs.Add(Stored(now));
        }

        _hadTeacher = has;
    }

    private Save Stored(DateTimeOffset now)
    {
        _savedAt = now;
        _teacherSeen = Teachers > 0 ? now : _teacherSeen;
        return new(new StoredLesson(_lesson.Phase, _lesson.StartedAt, _lesson.EndedAt, _startedByMedia, _chat.Lines, _teacherSeen, _chat.LastLine, now));
    }
}
