using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.Server.Attendance.Exports;

/// <summary>The wall clock by which a school reads its times.</summary>
/// <param name="Zone">Its zone.</param>
/// <param name="Name">What a header says of it, for example <c>UTC</c>, <c>UTC+08:00</c> or <c>Asia/Shanghai</c>.</param>
internal sealed partial record SchoolClock(TimeZoneInfo Zone, string Name)
{
    /// <summary>What to say when a zone is refused.</summary>
    public const string Rule = "tz is the minutes that the clock is ahead of UTC, from -840 to 840, for example 480; or the name of a zone, for example Asia/Shanghai.";

    private const int MaxOffset = 840;   // min; the widest that there is

    /// <summary>The clock when nobody says otherwise.</summary>
    public static SchoolClock Utc { get; } = new(TimeZoneInfo.Utc, "UTC");

    /// <summary>Reads what somebody asked for; nothing is UTC.</summary>
    public static bool TryRead(string? asked, out SchoolClock clock)
    {
        clock = Utc;
        if (string.IsNullOrEmpty(asked))
        {
            return true;
        }

        // In an address a plus sign is a space.
        if (int.TryParse(asked.TrimStart(' '), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes))
        {
            clock = AheadBy(minutes);
            return Math.Abs(minutes) <= MaxOffset;
        }

        if (!ZoneName().IsMatch(asked) || !TimeZoneInfo.TryFindSystemTimeZoneById(asked, out var zone))
        {
            return false;
        }

        clock = new SchoolClock(zone, asked);
        return true;
    }

    /// <summary>What the clock on the wall shows then.</summary>
    public DateTime Read(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).DateTime;

    private static SchoolClock AheadBy(int minutes)
    {
        if (minutes == 0 || Math.Abs(minutes) > MaxOffset)
        {
            return Utc;
        }

        var offset = TimeSpan.FromMinutes((long)minutes);
        var name = string.Create(CultureInfo.InvariantCulture, $"UTC{(minutes < 0 ? '-' : '+')}{offset:hh\\:mm}");
        return new SchoolClock(TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name), name);
    }

    // A zone is looked up as a file by its name.
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}\z")]
    private static partial Regex ZoneName();
}
