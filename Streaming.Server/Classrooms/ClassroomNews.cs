using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>Gathers what one command changed, so that it becomes one change with one version.</summary>
/// <remarks>Belongs to <see cref="Classroom"/>; only it calls.</remarks>
internal sealed class ClassroomNews
{
    private readonly List<ClassroomSeat> _touched = [];
    private readonly List<string> _gone = [];
    private bool _lesson;
    private CheckIn? _checkIn;
    private Still? _still;

    /// <summary>The version that everybody has been told of.</summary>
    public long Version { get; private set; }

    /// <summary>Something has changed that is not yet told.</summary>
    public bool IsPending => _touched.Count > 0 || _gone.Count > 0 || IsUrgent;

    /// <summary>The lesson, the check-in or the still has changed, which nobody is let wait for.</summary>
    public bool IsUrgent => _lesson || _checkIn is not null || _still is not null;

    public void Touch(ClassroomSeat seat)
    {
        if (!_touched.Contains(seat))
        {
            _touched.Add(seat);
        }
    }

    public void Gone(ClassroomSeat seat)
    {
        _touched.Remove(seat);
        if (!_gone.Contains(seat.Member))
        {
            _gone.Add(seat.Member);
        }
    }

    public void CheckIn(CheckIn checkIn) => _checkIn = checkIn;

    public void Still(Still still) => _still = still;

    public void Lesson() => _lesson = true;

    /// <summary>The change since the last call, one version higher; null when nothing that is seen has changed.</summary>
    public ClassroomChange? Take(Lesson lesson)
    {
        if (!IsPending)
        {
            return null;
        }

        var change = new ClassroomChange(
            ++Version,
            _touched.Count == 0 ? null : [.. _touched.Select(seat => seat.ToContract())],
            _gone.Count == 0 ? null : [.. _gone],
            _lesson ? lesson : null,
            _checkIn,
            _still);
        _touched.Clear();
        _gone.Clear();
        (_lesson, _checkIn, _still) = (false, null, null);
        return change;
    }
}
