using Streaming.Contracts;

namespace Streaming.Server.Attendance;

/// <summary>What happened, before it has its place in the book.</summary>
internal readonly record struct Happening(
    LedgerKind Kind,
    string? Member = null,
    string? Device = null,
    Role? Role = null,
    LedgerCause Cause = LedgerCause.None,
    MediaFacts Facts = MediaFacts.None,
    string? Name = null);

/// <summary>The order of one class's ledger: gives each happening its number and its times.</summary>
/// <remarks>Written by the loop of the class's <see cref="Classrooms.ClassroomRunner"/> alone.</remarks>
internal sealed class Ledger
{
    private readonly string _class;
    private readonly LedgerWriter _writer;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private long _sequence;

    /// <summary>Opens the book of a class where the former process, or the former opening, left it.</summary>
    /// <param name="class">The class.</param>
    /// <param name="former">Its entries so far.</param>
    /// <param name="keptUntil">When the former process was last known to keep its books; null when there was none.</param>
    /// <param name="writer">Where entries go.</param>
    /// <param name="time">The clocks.</param>
    public Ledger(string @class, IReadOnlyList<LedgerEntry> former, DateTimeOffset? keptUntil, LedgerWriter writer, TimeProvider time)
    {
        (_class, _writer, _time) = (@class, writer, time);
        _opened = time.GetTimestamp();
        _sequence = former.Count == 0 ? 0 : former[^1].Sequence;
        if (SomebodyWasThere(former))
        {
            // The last entry is a sign of life too, and may be younger than the last beat.
            var since = keptUntil is { } beat && beat > former[^1].At ? beat : former[^1].At;
            Append(_time.GetUtcNow(), new Happening(LedgerKind.Interrupted), since);
        }
    }

    /// <summary>Writes down what happened.</summary>
    public void Append(DateTimeOffset now, Happening happened) => Append(now, happened, since: null);

    /// <summary>Writes down that the class lost sight of everybody and begins anew.</summary>
    public void Interrupt(DateTimeOffset now) => Append(now, new Happening(LedgerKind.Interrupted), since: now);

    private static bool SomebodyWasThere(IReadOnlyList<LedgerEntry> former)
    {
        var there = new HashSet<(string?, string?)>();
        foreach (var entry in former)
        {
            switch (entry.Kind)
            {
                case LedgerKind.Joined or LedgerKind.Returned or LedgerKind.Dropped:
                    there.Add((entry.Member, entry.Device));
                    break;
                case LedgerKind.Left:
                    there.Remove((entry.Member, entry.Device));
                    break;
                case LedgerKind.Interrupted:
                    there.Clear();
                    break;
            }
        }

        return there.Count > 0;
    }

    private void Append(DateTimeOffset now, Happening happened, DateTimeOffset? since) => _writer.Append(new LedgerEntry(
        _class,
        ++_sequence,
        happened.Kind,
        now,
        _time.GetElapsedTime(_opened),
        happened.Member,
        happened.Device,
        happened.Role,
        happened.Cause,
        happened.Facts,
        since,
        happened.Name));
}
