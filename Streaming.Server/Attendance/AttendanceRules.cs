namespace Streaming.Server.Attendance;

/// <summary>What counts as late and early.</summary>
/// <param name="Grace">How long a device may be gone and still be there.</param>
/// <param name="LateAfter">Whoever comes later than this after the start is late.</param>
/// <param name="EarlyBefore">Whoever goes earlier than this before the end left early.</param>
internal sealed record AttendanceRules(TimeSpan Grace, TimeSpan LateAfter, TimeSpan EarlyBefore)
{
    /// <summary>What holds when nobody has said anything else.</summary>
    public static AttendanceRules Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
}
