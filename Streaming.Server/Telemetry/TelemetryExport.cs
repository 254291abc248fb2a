using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Streaming.Server.Telemetry;

/// <summary>Exports meters and traces by OTLP while <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; otherwise does nothing.</summary>
internal sealed class TelemetryExport(IConfiguration configuration, IOptions<StreamingOptions> options) : IHostedService, IDisposable
{
    /// <summary>The variable of the OpenTelemetry specification; the exporter reads it and its relatives by itself.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private MeterProvider? _meters;
    private TracerProvider? _traces;

    public bool IsExporting => _meters is not null;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(configuration[Endpoint]))
        {
            return Task.CompletedTask;
        }

        var resource = ResourceBuilder.CreateDefault().AddService("streaming", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString());
        var exported = options.Value.Telemetry.Exported;
        _meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(exported).AddOtlpExporter().Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(exported).AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _meters?.Dispose();
        _traces?.Dispose();
        (_meters, _traces) = (null, null);
    }
}
