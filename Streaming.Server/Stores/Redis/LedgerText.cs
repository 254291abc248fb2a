using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Stores.Redis;

/// <summary>A ledger entry as one line of text: what stands in the one field of a stream's entry.</summary>
/// <remarks>
/// <para>
/// Fields with a tab between: kind, at, since, member, device, role, offset, cause, facts, number, name. Class and sequence are the stream's key
/// and the entry's id. Times are in ticks. What does not apply is empty, and tabs at the end are left out. The first six are what
/// <c>append.lua</c> reads.
/// </para>
/// <para>In text, <c>\</c> is written <c>\\</c>, a control character or half a surrogate pair <c>\uXXXX</c>, and text of no character <c>\e</c>.</para>
/// <para>Numbers of kinds, causes and facts that this release does not know are kept as they are: a newer one may have written them.</para>
/// </remarks>
internal static class LedgerText
{
    private const int Fields = 11;

    /// <summary>Writes an entry. Always the same text for the same entry.</summary>
    public static string Write(LedgerEntry entry)
    {
        var line = new StringBuilder(96);
        line.Append(CultureInfo.InvariantCulture, $"{(int)entry.Kind}\t{entry.At.UtcTicks}\t{entry.Since?.UtcTicks}\t");
        Append(line, entry.Member).Append('\t');
        Append(line, entry.Device);
        line.Append(CultureInfo.InvariantCulture, $"\t{(int?)entry.Role}\t{entry.Offset.Ticks}\t");
        AppendUnlessZero(line, (int)entry.Cause).Append('\t');
        AppendUnlessZero(line, (int)entry.Facts);
        line.Append(CultureInfo.InvariantCulture, $"\t{entry.Number}\t");
        Append(line, entry.Name);
        var end = line.Length;
        while (line[end - 1] == '\t')
        {
            end--;
        }

        return line.ToString(0, end);
    }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="FormatException">The line is none of ours.</exception>
    public static LedgerEntry Read(string @class, long sequence, string line) => TryRead(@class, sequence, line, out var entry)
        ? entry
        : throw new FormatException($"Entry {sequence} of the shared ledger of class '{@class}' cannot be read. Was something else written under its key?");

    /// <summary>Reads an entry, if the line is one.</summary>
    public static bool TryRead(string @class, long sequence, string line, [NotNullWhen(true)] out LedgerEntry? entry)
    {
        entry = null;
        var parts = line.Split('\t');
        if (parts.Length > Fields || line.EndsWith('\t'))
        {
            return false;
        }

        string Part(int index) => index < parts.Length ? parts[index] : "";
        if (TryNumber(Part(0), out var kind) && kind is >= 0 and <= int.MaxValue
            && TryTime(Part(1), out var at) && at is not null
            && TryTime(Part(2), out var since)
            && TryText(Part(3), out var member)
            && TryText(Part(4), out var device)
            && TryOptional(Part(5), out var role) && role is null or (>= 0 and <= int.MaxValue)
            && TryNumber(Part(6), out var offset)
            && TryOptional(Part(7), out var cause) && cause is null or (> 0 and <= int.MaxValue)
            && TryOptional(Part(8), out var facts) && facts is null or (> 0 and <= int.MaxValue)
            && TryOptional(Part(9), out var number)
            && TryText(Part(10), out var name))
        {
            entry = new LedgerEntry(
                @class, sequence, (LedgerKind)kind, at.Value, new TimeSpan(offset), member, device, (Role?)role, (LedgerCause)(cause ?? 0),
                (MediaFacts)(facts ?? 0), since, name, number);
        }

        return entry is not null;
    }

    /// <summary>Writes text: a member's or a device's id, a name. Null is written as nothing.</summary>
    public static StringBuilder Append(StringBuilder line, string? text)
    {
        if (text is { Length: 0 })
        {
            return line.Append(@"\e");
        }

        for (var i = 0; i < text?.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                line.Append(text, i++, 2);
            }
            else if (text[i] == '\\')
            {
                line.Append(@"\\");
            }
            else if (char.IsControl(text[i]) || char.IsSurrogate(text[i]))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
            }
            else
            {
                line.Append(text[i]);
            }
        }

        return line;
    }

    /// <summary>Reads what <see cref="Append"/> wrote.</summary>
    public static bool TryText(string written, out string? text)
    {
        text = written.Length == 0 ? null : written == @"\e" ? "" : written;
        if (text is null or "" || !written.Contains('\\', StringComparison.Ordinal))
        {
            return true;
        }

        var read = new StringBuilder(written.Length);
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] != '\\')
            {
                read.Append(written[i]);
            }
            else if (i + 1 < written.Length && written[i + 1] == '\\')
            {
                read.Append('\\');
                i++;
            }
            else if (i + 5 < written.Length && written[i + 1] == 'u'
                && ushort.TryParse(written.AsSpan(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                read.Append((char)unit);
                i += 5;
            }
            else
            {
                return false;
            }
        }

        text = read.ToString();
        return true;
    }

    private static StringBuilder AppendUnlessZero(StringBuilder line, int number) => number == 0 ? line : line.Append(number);

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && text[0] != '+';

    private static bool TryOptional(string text, out long? number)
    {
        number = null;
        if (text.Length == 0)
        {
            return true;
        }

        var isNumber = TryNumber(text, out var read);
        number = read;
        return isNumber;
    }

    private static bool TryTime(string text, out DateTimeOffset? time)
    {
        time = null;
        if (!TryOptional(text, out var ticks) || ticks < 0 || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return false;
        }

        time = ticks is { } known ? new DateTimeOffset(known, TimeSpan.Zero) : null;
        return true;
    }
}
