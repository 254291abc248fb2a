using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.Server.Telemetry;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Telemetry;

public sealed class TelemetryTests
{
    [Fact]
    public async Task MembersAreCountedAndInspectorsOnlyUnderTheirOwnName()
    {
        await using var host = new ServerHost();
        using var counts = new Counts(host.Get<IMeterFactory>());
        await using var inspector = await host.JoinAsync("i", Role.Inspector);
        Assert.DoesNotContain(counts.Take(), pair => pair.Key.StartsWith("Streaming/", StringComparison.Ordinal) && pair.Value != 0);

        await using var teacher = await host.JoinAsync("t", Role.Teacher);
        await using var student = await host.JoinAsync("s", Role.Student);
        await student.InvokeAsync("Watch", new MediaOffer("v=0"));
        await inspector.InvokeAsync("Watch", new MediaOffer("v=0"));
        await student.InvokeAsync("Say", "hello");
        await student.CodeAsync("StartLesson");
        await inspector.CodeAsync("Say", "hello");

        var seen = counts.Take();
        Assert.Equal(
            new SortedDictionary<string, long>(StringComparer.Ordinal)
            {
                ["Streaming.Inspection/streaming.inspection.hub.closed "] = 0,
                ["Streaming.Inspection/streaming.inspection.hub.errors inspector_is_silent"] = 1,
                ["Streaming.Inspection/streaming.inspection.hub.snapshots "] = 0,
                ["Streaming.Inspection/streaming.inspection.hub.waiting "] = 0,
                ["Streaming.Inspection/streaming.inspection.joins inspector"] = 1,
                ["Streaming.Inspection/streaming.inspection.observers "] = 1,
                ["Streaming/streaming.chat.lines "] = 1,
                ["Streaming/streaming.classes "] = 1,
                ["Streaming/streaming.hub.closed "] = 0,
                ["Streaming/streaming.hub.errors teacher_only"] = 1,
                ["Streaming/streaming.hub.snapshots "] = 0,
                ["Streaming/streaming.hub.waiting "] = 0,
                ["Streaming/streaming.joins student"] = 1,
                ["Streaming/streaming.joins teacher"] = 1,
                ["Streaming/streaming.media.sessions "] = 1,
                ["Streaming/streaming.members student"] = 1,
                ["Streaming/streaming.members teacher"] = 1,
            },
            seen);
    }

    [Fact]
    public async Task HubCallsAreTracedAndThoseOfInspectorsApart()
    {
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Streaming", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => spans.Enqueue($"{span.Source.Name} {span.OperationName} {span.GetTagItem("streaming.class")} {span.GetTagItem("error.type")}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = new ServerHost();
        await using var student = await host.ConnectAsync("s", Role.Student, "traced");
        await student.CodeAsync("RaiseHand");
        await using var inspector = await host.ConnectAsync("i", Role.Inspector, "traced");
        await inspector.InvokeAsync("Join", new JoinRequest("d1"));

        Assert.Contains("Streaming hub RaiseHand traced not_joined", spans);
        Assert.Contains("Streaming.Inspection hub Join traced ", spans);
    }

    [Fact]
    public async Task WhatComesByWhipAndWhepIsCountedAndTracedLikeWhatComesByTheHub()
    {
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Streaming", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => spans.Enqueue($"{span.Source.Name} {span.OperationName} {span.GetTagItem("streaming.class")} {span.GetTagItem("error.type")}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = new ServerHost();
        using var counts = new Counts(host.Get<IMeterFactory>());
        foreach (var (role, body) in new[] { (Role.Student, "v=0"), (Role.Student, "refuse"), (Role.Inspector, "v=0"), (Role.Inspector, "refuse") })
        {
            using var client = host.Client(host.Ticket($"m-{role}", role, "by-http"));
            using var offer = new StringContent(body, System.Text.Encoding.UTF8, "application/sdp");
            using var _ = await client.PostAsync("/whep/by-http", offer);
        }

        var seen = counts.Take();
        Assert.Equal(1, seen["Streaming/streaming.joins student"]);
        Assert.Equal(1, seen["Streaming/streaming.hub.errors no_common_codec"]);
        Assert.Equal(1, seen["Streaming.Inspection/streaming.inspection.joins inspector"]);
        Assert.Equal(1, seen["Streaming.Inspection/streaming.inspection.hub.errors no_common_codec"]);
        string[] expected = ["Streaming whep POST by-http ", "Streaming whep POST by-http no_common_codec",
            "Streaming.Inspection whep POST by-http ", "Streaming.Inspection whep POST by-http no_common_codec"];
        Assert.Equal(expected, spans.Where(span => span.Contains("by-http", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ReadinessHasOneEntryPerPart()
    {
        var printer = new Part();
        await using var host = new ServerHost();
        await using var withPart = host.WithWebHostBuilder(builder => builder.ConfigureServices(services => services.AddSingleton<IHealthPart>(printer)));
        using var client = withPart.CreateClient();

        var (status, ready) = await ReadyAsync(client);
        Assert.Equal((HttpStatusCode.OK, "ok", "ok"), (status, ready["status"]!.GetValue<string>(), ready["parts"]!["data"]!["state"]!.GetValue<string>()));

        withPart.Services.GetRequiredService<StorageHealth>().Failed("No space left on device.");
        (status, ready) = await ReadyAsync(client);
        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, ready["status"]!.GetValue<string>()));
        Assert.Contains("No space left", ready["parts"]!["data"]!["detail"]!.GetValue<string>(), StringComparison.Ordinal);

        printer.Health = new PartHealth(HealthState.Down, "It is on fire.");
        (status, ready) = await ReadyAsync(client);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "down"), (status, ready["parts"]!["printer"]!["state"]!.GetValue<string>()));
        using var live = await client.GetAsync("/healthz/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public void TheDataDirectoryIsTriedNowAndThenAndItsPathIsNotTold()
    {
        var root = Directory.CreateTempSubdirectory("streaming-").FullName;
        var time = new ManualTime();
        var health = new DataDirectoryHealth(Streaming.Server.Access.DataDirectory.Open(root), new StorageHealth(), time);
        Assert.Equal(HealthState.Ok, health.Check().State);
        Directory.Delete(root, recursive: true);
        Assert.Equal(HealthState.Ok, health.Check().State);

        time.Advance(DataDirectoryHealth.ProbeInterval);

        var after = health.Check();
        Assert.Equal(HealthState.Degraded, after.State);
        Assert.DoesNotContain(root, after.Detail!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http://127.0.0.1:9", true)]
    public async Task OnlyAnEndpointStartsTheExport(string? endpoint, bool exporting)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create(TelemetryExport.Endpoint, endpoint)]).Build();
        using var export = new TelemetryExport(configuration, Options.Create(new StreamingOptions()));

        await export.StartAsync(CancellationToken.None);

        Assert.Equal(exporting, export.IsExporting);
        await export.StopAsync(CancellationToken.None);
        Assert.False(export.IsExporting);
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> ReadyAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/healthz/ready");
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    private sealed class Part : IHealthPart
    {
        public PartHealth Health { get; set; } = new(HealthState.Ok);

        public string Name => "printer";

        public PartHealth Check() => Health;
    }

    private sealed class Counts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly SortedDictionary<string, long> _sums = new(StringComparer.Ordinal);

        public Counts(IMeterFactory scope)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == scope && instrument.Meter.Name.StartsWith("Streaming", StringComparison.Ordinal)
                    && !instrument.Name.Contains(".rtc.", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags, adds: true));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags, adds: false));
            _listener.Start();
        }

        public SortedDictionary<string, long> Take()
        {
            _listener.RecordObservableInstruments();
            return _sums;
        }

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool adds)
        {
            lock (_sums)
            {
                var key = $"{instrument.Meter.Name}/{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}";
                _sums[key] = adds ? _sums.GetValueOrDefault(key) + value : value;
            }
        }
    }
}
