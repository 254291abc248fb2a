using System.Globalization;
using System.Text;
using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>The last lines of a class, and how much each member may still say.</summary>
/// <remarks>Belongs to <see cref="Classroom"/>; only it calls.</remarks>
internal sealed class ClassroomChat(IReadOnlyList<ChatLine> stored, long lastLine)
{
    /// <summary>How many lines a snapshot shows.</summary>
    public const int Kept = 50;

    /// <summary>How many lines a member may say within <see cref="Window"/>.</summary>
    public const int Burst = 5;

    /// <summary>The time in which a member's tokens are all back.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Queue<ChatLine> _lines = new(stored.TakeLast(Kept));
    private readonly Dictionary<string, Queue<DateTimeOffset>> _spent = new(StringComparer.Ordinal);
    private long _last = Math.Max(lastLine, stored.Count == 0 ? 0 : stored[^1].Id);

    public IReadOnlyList<ChatLine> Lines => [.. _lines];

    /// <summary>The number of the last line that was said, also when it is dropped.</summary>
    public long LastLine => _last;

    /// <summary>Drops what was said until <paramref name="end"/>; the numbers of lines go on.</summary>
    public void DropUntil(DateTimeOffset end)
    {
        while (_lines.TryPeek(out var first) && first.At <= end)
        {
            _lines.Dequeue();
        }
    }

    public Refusal? TrySay(DateTimeOffset now, ClassroomSeat seat, string? text, out ChatLine? line)
    {
        line = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return new Refusal(HubErrors.ChatEmpty, "A line needs text.");
        }

        if (text.Length > ChatLine.MaxLength)
        {
            return new Refusal(HubErrors.ChatTooLong, $"A line has at most {ChatLine.MaxLength} characters.");
        }

        var clean = Clean(text);
        if (clean.Length == 0)
        {
            return new Refusal(HubErrors.ChatEmpty, "A line needs text that can be seen.");
        }

        if (!TrySpend(now, seat.Member))
        {
            return new Refusal(HubErrors.ChatTooFast, $"At most {Burst} lines in {Window.TotalSeconds:0} seconds; wait a little.");
        }

        line = new ChatLine(++_last, seat.Member, seat.Name, seat.Role, clean, now);
        _lines.Enqueue(line);
        if (_lines.Count > Kept)
        {
            _lines.Dequeue();
        }

        return null;
    }

    /// <summary>Forgets what members spent whose tokens are all back; leaving and joining again refills nothing.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach (var (member, spent) in _spent)
        {
            if (spent.Last() + Window <= now)
            {
                _spent.Remove(member);
            }
        }
    }

    // Each token comes back a window after it was spent: then no ten seconds, wherever they begin, see more than the burst.
    private bool TrySpend(DateTimeOffset now, string member)
    {
        if (!_spent.TryGetValue(member, out var spent))
        {
            _spent[member] = spent = new Queue<DateTimeOffset>(Burst);
        }

        while (spent.TryPeek(out var first) && first + Window <= now)
        {
            spent.Dequeue();
        }

        if (spent.Count >= Burst)
        {
            return false;
        }

        spent.Enqueue(now);
        return true;
    }

    // Control characters have no business in a line of text, save the line break, and of these one at a time: a line of nothing but
    // breaks would push all others off the screen. A lone surrogate becomes U+FFFD in UTF-8 anyway.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text.AsSpan().Trim())
        {
            if (IsHidden(c))
            {
                continue;
            }

            if (c is not ('\n' or '\u2028' or '\u2029'))
            {
                clean.Append(char.IsControl(c) ? ' ' : c);
                continue;
            }

            while (clean.Length > 0 && char.IsWhiteSpace(clean[^1]))
            {
                clean.Length--;
            }

            clean.Append('\n');
        }

        var line = clean.ToString().Trim();
        return line.AsSpan().IndexOfAnyExcept(" \n\u200c\u200d") < 0 ? "" : line;
    }

    // What shows nothing, or turns what follows around, is no text; but joiners make one emoji of several, and shape some scripts.
    private static bool IsHidden(char c) => c is not ('\u200c' or '\u200d') && char.GetUnicodeCategory(c) == UnicodeCategory.Format;
}
