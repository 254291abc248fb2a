using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streaming.Tests.Shared.Servers;

/// <summary>An OpenTelemetry collector: takes the server's metrics by OTLP over HTTP and keeps the newest value of each.</summary>
internal sealed class MetricsCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, double> _values = new();
    private readonly int _port = FreePorts.Tcp();
    private readonly TimeSpan _interval;
    private long _exports;

    private MetricsCollector(TimeSpan interval)
    {
        _interval = interval;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_port}");
        _app = builder.Build();
        _app.MapPost("/v1/metrics", TakeAsync);
        _app.MapPost("/v1/traces", () => Results.Bytes([], "application/x-protobuf"));
    }

    /// <summary>What makes a server export to here.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{_port}",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = $"{_interval.TotalMilliseconds:0}",
    };

    /// <summary>Arguments that make a server export what the media threads cost, too; a school's own export leaves it out.</summary>
    public static IReadOnlyList<string> WithInspection => ["--Telemetry:Exported", "Streaming,Streaming.Inspection"];

    /// <summary>The newest values: by <c>name</c>, or <c>name{key=value,…}</c> with attributes in the order of their names.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    /// <param name="interval">How often a server is to export; half a second by default.</param>
    public static async Task<MetricsCollector> StartAsync(TimeSpan? interval = null)
    {
        var collector = new MetricsCollector(interval ?? TimeSpan.FromMilliseconds(500));
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Waits for the next whole export but one: its values are all younger than this call.</summary>
    public async Task RefreshAsync()
    {
        var seen = Interlocked.Read(ref _exports);
        await Eventually.TrueAsync("the server exports its metrics", TimeSpan.FromSeconds(30), () => Interlocked.Read(ref _exports) >= seen + 2);
    }

    /// <summary>The sum of a metric over all of its attributes; 0 when it was never exported.</summary>
    public double Sum(string name) =>
        _values.Where(value => value.Key == name || value.Key.StartsWith(name + "{", StringComparison.Ordinal)).Sum(value => value.Value);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);

        // opentelemetry/proto/metrics/v1/metrics.proto: request.resource_metrics(1).scope_metrics(2).metrics(2)
        foreach (var metric in Within(Within(Within([body.ToArray()], 1), 2), 2))
        {
            TakeMetric(Protobuf.Read(metric));
        }

        Interlocked.Increment(ref _exports);
        return Results.Bytes([], "application/x-protobuf");
    }

    private void TakeMetric(List<ProtobufField> metric)
    {
        const int nameField = 1, gauge = 5, sum = 7, points = 1, attributes = 7, asDouble = 4, asInteger = 6;
        var name = Encoding.UTF8.GetString(metric.First(field => field.Number == nameField).Bytes.Span);
        foreach (var data in metric.Where(field => field.Number is gauge or sum))
        {
            foreach (var point in Within([data.Bytes], points).Select(Protobuf.Read))
            {
                var tags = point.Where(field => field.Number == attributes).Select(field => Tag(Protobuf.Read(field.Bytes))).Order().ToArray();
                var value = point.FirstOrDefault(field => field.Number is asDouble or asInteger);
                _values[tags.Length == 0 ? name : $"{name}{{{string.Join(',', tags)}}}"] =
                    value.Number == asDouble ? BitConverter.UInt64BitsToDouble(value.Value) : (long)value.Value;
            }
        }
    }

    private static string Tag(List<ProtobufField> pair)
    {
        const int key = 1, value = 2, text = 1;
        var any = Protobuf.Read(pair.First(field => field.Number == value).Bytes).FirstOrDefault();
        return $"{Encoding.UTF8.GetString(pair.First(field => field.Number == key).Bytes.Span)}="
            + (any.Number == text ? Encoding.UTF8.GetString(any.Bytes.Span) : $"{any.Value}");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Within(IEnumerable<ReadOnlyMemory<byte>> messages, int number) =>
        messages.SelectMany(message => Protobuf.Read(message)).Where(field => field.Number == number).Select(field => field.Bytes);
}
