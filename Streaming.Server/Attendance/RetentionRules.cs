namespace Streaming.Server.Attendance;

/// <summary>How long classes keep their records.</summary>
internal sealed class RetentionRules(TimeSpan standard, Func<string, CancellationToken, Task<TimeSpan?>> ofClass)
{
    /// <summary>How long what belongs to no report is kept.</summary>
    public TimeSpan Longest => standard;

    /// <summary>How long a class keeps its records: by its own settings, or the server's.</summary>
    public async Task<TimeSpan> OfAsync(string classId, CancellationToken cancellationToken) => await ofClass(classId, cancellationToken) ?? standard;
}
