using System.Text.Json;
using Streaming.Contracts;

namespace Streaming.Server.Attendance;

/// <summary>What a class has decided for itself; null leaves it to the server's options.</summary>
/// <param name="LateAfterMinutes">Whoever comes later than this after the start is late: 0 to 240.</param>
/// <param name="EarlyBeforeMinutes">Whoever goes earlier than this before the end left early: 0 to 240.</param>
/// <param name="RetentionDays">How long its records are kept: 1 to 3 650.</param>
internal sealed record ClassSettings(int? LateAfterMinutes = null, int? EarlyBeforeMinutes = null, int? RetentionDays = null)
{
    /// <summary>The name of the class's document that holds them.</summary>
    public const string Document = "settings";

    /// <summary>The most minutes of late and early.</summary>
    public const int MaxMinutes = 240;

    /// <summary>The longest time that records are kept, in days.</summary>
    public const int MaxDays = 3_650;

    /// <summary>A class that has decided nothing.</summary>
    public static ClassSettings None { get; } = new();

    /// <summary>What the server's options say, in the same units.</summary>
    public static ClassSettings DefaultsOf(StreamingOptions options) => new(
        (int)options.Attendance.LateAfter.TotalMinutes, (int)options.Attendance.EarlyBefore.TotalMinutes, (int)options.Attendance.Retention.TotalDays);

    /// <summary>What counts as late and early in this class.</summary>
    public AttendanceRules Rules(StreamingOptions options) => new(
        options.Grace,
        LateAfterMinutes is { } late ? TimeSpan.FromMinutes((long)late) : options.Attendance.LateAfter,
        EarlyBeforeMinutes is { } early ? TimeSpan.FromMinutes((long)early) : options.Attendance.EarlyBefore);

    /// <summary>How long this class's records are kept.</summary>
    public TimeSpan Retention(StreamingOptions options) => RetentionDays is { } days ? TimeSpan.FromDays(days) : options.Attendance.Retention;

    /// <summary>As they are kept.</summary>
    public string Write() => JsonSerializer.Serialize(this, ContractsJson.Wire);

    /// <summary>Out of what was kept.</summary>
    public static ClassSettings Read(string? kept) =>
        kept is null ? None : JsonSerializer.Deserialize<ClassSettings>(kept, ContractsJson.Wire) ?? None;

    /// <summary>Names each value that cannot be used.</summary>
    public Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>();
        Check(LateAfterMinutes, 0, MaxMinutes, "lateAfterMinutes", "minutes");
        Check(EarlyBeforeMinutes, 0, MaxMinutes, "earlyBeforeMinutes", "minutes");
        Check(RetentionDays, 1, MaxDays, "retentionDays", "days");
        return errors;

        void Check(int? value, int least, int most, string field, string unit)
        {
            if (value < least || value > most)
            {
                errors[field] = [$"{field} is {value}. Write {least} to {most} {unit}, or null for the server's default."];
            }
        }
    }
}
