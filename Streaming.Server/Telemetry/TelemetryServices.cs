namespace Streaming.Server.Telemetry;

/// <summary>Meters, traces, logs and health.</summary>
internal static class TelemetryServices
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StreamingMeters>();
        builder.Services.AddHostedService<TelemetryExport>();
        builder.Services.AddSingleton<IHealthPart, DataDirectoryHealth>();

        // A browser's WebSocket carries its ticket in the address, and this category writes addresses.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }
}
