using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>Gathers what one command changed, so that it becomes one change with one version.</summary>
/// <remarks>Belongs to <see cref="Classroom"/>; only it calls.</remarks>
internal sealed class ClassroomNews
{
    private readonly List<ClassroomSeat> _touched = [];
    private readonly List<string> _gone = [];
    private bool _lesson;

    /// <summary>The version that everybody has been told of.</summary>
    public long Version { get; private set; }

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
        _gone.Add(seat.Member);
    }

    public void Lesson() => _lesson = true;

    /// <summary>The change since the last call, one version higher; null when nothing that is seen has changed.</summary>
    public ClassroomChange? Take(Lesson lesson)
    {
        if (_touched.Count == 0 && _gone.Count == 0 && !_lesson)
        {
            return null;
        }

        var change = new ClassroomChange(
            ++Version,
            _touched.Count == 0 ? null : [.. _touched.Select(seat => seat.ToContract())],
            _gone.Count == 0 ? null : [.. _gone],
            _lesson ? lesson : null);
        _touched.Clear();
        _gone.Clear();
        _lesson = false;
        return change;
    }
}
