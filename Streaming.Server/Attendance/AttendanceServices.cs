using Streaming.Server.Access;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Attendance;

/// <summary>The ledger and what is read out of it.</summary>
internal static class AttendanceServices
{
    /// <summary>Before the classes: what starts first stops last, and the last of the classes' entries must still be written.</summary>
    public static void AddAttendance(this IServiceCollection services)
    {
        services.AddSingleton(provider => new Journal(Path.Combine(provider.GetRequiredService<DataDirectory>().Folder("ledger"), "ledger.db")));
        services.AddSingleton<LedgerHealth>();
        services.AddSingleton<IHealthPart>(provider => provider.GetRequiredService<LedgerHealth>());
        services.AddSingleton<LedgerWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerWriter>());
        services.AddSingleton<LedgerBooks>();
    }
}
