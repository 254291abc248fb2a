using Streaming.Contracts;
using Streaming.Server.Presence;

namespace Streaming.Server.Classrooms;

/// <summary>What teachers have been told of the steady view, and what they are to be told.</summary>
/// <remarks>Belongs to <see cref="Classroom"/>; only it calls. Whoever sits and of whom nothing was told is present.</remarks>
internal sealed class ClassroomPresence(PresenceView view)
{
    private readonly List<string> _touched = [];
    private readonly HashSet<string> _isTouched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemberPresence> _told = new(StringComparer.Ordinal);

    public bool IsPending => _touched.Count > 0;

    /// <summary>The member's state may have changed.</summary>
    public void Touch(string member)
    {
        if (_isTouched.Add(member))
        {
            _touched.Add(member);
        }
    }

    /// <summary>All who are told as away may be forgotten: a lesson began or ended.</summary>
    public void TouchGone()
    {
        foreach (var told in _told.Values.Where(told => told.State == PresenceState.Away))
        {
            Touch(told.Member);
        }
    }

    /// <summary>What a teacher who comes now does not see from the seats: who is unstable or away.</summary>
    public IReadOnlyList<MemberPresence> Everything(DateTimeOffset now) =>
        [.. view.Members.Where(member => member.Role == Role.Student).Select(member => view.At(now, member)).Where(IsTold)];

    /// <summary>What differs from what was told; empty when all healed meanwhile.</summary>
    public IReadOnlyList<MemberPresence> Take(DateTimeOffset now)
    {
        var changed = new List<MemberPresence>();
        foreach (var member in _touched)
        {
            var told = _told.GetValueOrDefault(member);
            var state = StateOf(now, member, told);
            if (state is null || (told is null ? state.State == PresenceState.Present : told.State == state.State && told.Since == state.Since))
            {
                continue;
            }

            changed.Add(state);
            if (IsTold(state))
            {
                _told[member] = state;
            }
            else
            {
                _told.Remove(member);
            }
        }

        _touched.Clear();
        _isTouched.Clear();
        return changed;
    }

    private static bool IsTold(MemberPresence presence) => presence.State is PresenceState.Unstable or PresenceState.Away;

    private MemberPresence? StateOf(DateTimeOffset now, string member, MemberPresence? told) =>
        view.Find(member) is { Role: Role.Student } student ? view.At(now, student)
        : told is null ? null
        : told with { State = PresenceState.Left, Since = now };
}
