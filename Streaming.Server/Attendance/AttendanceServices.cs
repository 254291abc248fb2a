using Microsoft.Extensions.Options;
using Streaming.Server.Access;
using Streaming.Server.Presence;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Attendance;

/// <summary>The ledger and what is read out of it.</summary>
internal static class AttendanceServices
{
    /// <summary>Before the classes: what starts first stops last, and the last of the classes' entries must still be written, and then shipped.</summary>
    public static void AddAttendance(this IServiceCollection services)
    {
        services.AddSingleton(provider => new Journal(Path.Combine(provider.GetRequiredService<DataDirectory>().Folder("ledger"), "ledger.db")));
        services.AddSingleton(provider => new PresenceRules(provider.GetRequiredService<IOptions<StreamingOptions>>().Value.Grace));
        services.AddSingleton(provider =>
        {
            var book = provider.GetRequiredService<AttendanceBook>();
            return new RetentionRules(
                provider.GetRequiredService<IOptions<StreamingOptions>>().Value.Attendance.Retention,
                async (classId, cancellationToken) =>
                    (await book.SettingsAsync(classId, cancellationToken)).RetentionDays is { } days ? TimeSpan.FromDays(days) : null);
        });
        services.AddSingleton<LedgerHealth>();
        services.AddSingleton<IHealthPart>(provider => provider.GetRequiredService<LedgerHealth>());
        services.AddSingleton<IHealthPart, ShippingHealth>();
        services.AddSingleton<LedgerShipper>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerShipper>());
        services.AddSingleton<LedgerWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerWriter>());
        services.AddSingleton<LedgerLoader>();
        services.AddSingleton<LedgerBooks>();
        services.AddSingleton<LedgerEraser>();
        services.AddHostedService<LedgerRecovery>();
        services.AddHostedService<LedgerRetention>();
        services.AddSingleton<LedgerReader>();
        services.AddSingleton<AttendanceBook>();
    }
}
