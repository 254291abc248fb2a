namespace Streaming.Server.Telemetry;

/// <summary>Meters, traces, logs and health.</summary>
internal static class TelemetryServices
{
    public static void AddTelemetry(this WebApplicationBuilder builder, bool isForReading)
    {
        builder.Services.AddSingleton<StreamingMeters>();
        builder.Services.AddHostedService<TelemetryExport>();
        builder.Services.AddSingleton<IHealthPart, DataDirectoryHealth>();

        if (!isForReading)
        {
            // A line each: what collects logs splits at line ends.
            builder.Logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }

        // A browser's WebSocket carries its ticket in the address, and this category writes addresses.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }
}
