using Streaming.Contracts;
using Streaming.Server.Presence;

namespace Streaming.Server.Attendance;

/// <summary>What happened, before it has its place in the book.</summary>
internal readonly record struct Happening(
    LedgerKind Kind,
    string? Member = null,
    string? Device = null,
    Role? Role = null,
    LedgerCause Cause = LedgerCause.None,
    MediaFacts Facts = MediaFacts.None,
    string? Name = null,
    DateTimeOffset? Since = null,
    long? Number = null)
{
    /// <summary>What an entry tells, without its place.</summary>
    public static Happening Of(LedgerEntry entry) => new(
        entry.Kind, entry.Member, entry.Device, entry.Role, entry.Cause, entry.Facts, entry.Name, entry.Since, entry.Number);
}

/// <summary>The order of one class's ledger: gives each happening its number and its times.</summary>
/// <remarks>Written by the loop of the class's <see cref="Classrooms.ClassroomRunner"/> alone.</remarks>
/// <param name="class">The class.</param>
/// <param name="last">The sequence number of its last entry; 0 when it has none.</param>
/// <param name="view">Who is in the class by the entries so far.</param>
/// <param name="writer">Where entries go.</param>
/// <param name="time">The clocks.</param>
internal sealed class Ledger(string @class, long last, PresenceView view, LedgerWriter writer, TimeProvider time)
{
    private readonly long _opened = time.GetTimestamp();
    private readonly Lock _gate = new();
    private long _last = last;
    private bool _isClosed;

    /// <summary>The class.</summary>
    public string Class => @class;

    /// <summary>Who is in the class by the entries so far. <see cref="Classrooms.Classroom"/> keeps it in step with what it makes happen.</summary>
    public PresenceView View => view;

    /// <summary>The sequence number of the last entry.</summary>
    public long LastSequence => Volatile.Read(ref _last);

    /// <summary>Writes down what happened. The view has it already.</summary>
    public void Append(DateTimeOffset now, in Happening happened)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                writer.Append(new LedgerEntry(
                    @class,
                    ++_last,
                    happened.Kind,
                    now,
                    time.GetElapsedTime(_opened),
                    happened.Member,
                    happened.Device,
                    happened.Role,
                    happened.Cause,
                    happened.Facts,
                    happened.Since,
                    happened.Name,
                    happened.Number));
            }
        }
    }

    /// <summary>Takes nothing more: the class is to be opened anew, and its numbers go on elsewhere.</summary>
    /// <remarks>Any thread may call.</remarks>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    /// <summary>Writes down something about the book itself, and brings the view in step.</summary>
    public void Mark(DateTimeOffset now, in Happening happened)
    {
        Append(now, happened);
        view.Apply(happened, now);
    }
}
