using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Streaming.Server.Access;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;
using Streaming.Server.Telemetry;
using Streaming.Server.Tests.Support;
using Streaming.Server.Webhooks;

namespace Streaming.Server.Tests.Webhooks;

public sealed class WebhookServicesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("webhooks");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task TheJournalsWriterTellsTheSenderThatTheHostRuns()
    {
        var options = new StreamingOptions { DataDirectory = _directory.FullName };
        options.Webhooks.Urls = ["https://one.example.org/", "https://two.example.org/"];
        var collection = new ServiceCollection();
        collection.AddWebhooks();
        await using var services = collection
            .AddLogging()
            .AddMetrics()
            .AddSingleton<TimeProvider>(new ManualTime())
            .AddSingleton(Options.Create(options))
            .AddSingleton(DataDirectory.Open(options.DataDirectory))
            .AddSingleton(_ => new Journal(Path.Combine(_directory.FullName, "ledger.db")))
            .AddSingleton(new PresenceRules(options.Grace))
            .BuildServiceProvider();

        var sender = services.GetRequiredService<WebhookSender>();
        Assert.Equal(["one.example.org", "two.example.org"], sender.Couriers.Select(courier => courier.Receiver.Host));
        Assert.Same(sender, Assert.Single(services.GetServices<ILedgerListener>()));
        Assert.Same(sender, Assert.Single(services.GetServices<IHostedService>()));
        var health = Assert.Single(services.GetServices<IHealthPart>());
        Assert.Equal(("webhooks", HealthState.Ok), (health.Name, health.Check().State));
    }

    [Fact]
    public async Task PostsAreCountedByHostAndResult()
    {
        await using var rig = new WebhookRig();
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, mine) =>
        {
            if (instrument.Meter.Scope == rig.Meters && instrument.Meter.Name == StreamingMeters.Name)
            {
                mine.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (counts)
            {
                var key = $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}";
                counts[key] = counts.GetValueOrDefault(key) + value;
            }
        });
        listener.Start();
        var isBusy = true;
        rig.Receivers.Answer = (_, _) => Task.FromResult(
            ScriptedReceivers.Status(isBusy ? System.Net.HttpStatusCode.ServiceUnavailable : System.Net.HttpStatusCode.OK));
        await rig.StartAsync(WebhookRig.One);
        rig.Write(rig.Join("math", "ada"), rig.Leave("math", "ada"));
        await rig.UntilToldAsync(1);
        await WebhookRig.UntilAsync(() => rig.Time.IsAwaited(TimeSpan.FromSeconds(0.75)), "it waits");
        isBusy = false;
        await rig.PassAsync(0.75);
        await rig.UntilDoneAsync();

        lock (counts)
        {
            Assert.Equal(
                new SortedDictionary<string, long>(StringComparer.Ordinal)
                {
                    ["streaming.webhooks.failed one.example.org 503"] = 1,
                    ["streaming.webhooks.sent one.example.org"] = 2,
                },
                counts);
        }
    }
}
