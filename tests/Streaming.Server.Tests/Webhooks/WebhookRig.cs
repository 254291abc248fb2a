using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;
using Streaming.Server.Tests.Support;
using Streaming.Server.Webhooks;

namespace Streaming.Server.Tests.Webhooks;

/// <summary>What a receiver was sent.</summary>
internal sealed record Received(string Url, string Id, long Timestamp, string Signature, byte[] Bytes, DateTimeOffset At)
{
    public JsonNode Body { get; } = JsonNode.Parse(Bytes)!;

    public string Class => (string)Body["data"]!["class"]!;

    public string Told => $"{Class} {((string)Body["type"]!)["member.".Length..]} {Body["data"]!["member"]}";
}

/// <summary>Receivers that answer as a test says, and write down what they were sent.</summary>
internal sealed class ScriptedReceivers(TimeProvider time) : HttpMessageHandler
{
    private readonly ConcurrentQueue<Received> _received = [];

    /// <summary>How they answer; by default 204 to everything.</summary>
    public Func<Received, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } = (_, _) => Task.FromResult(Status(HttpStatusCode.NoContent));

    public IReadOnlyList<Received> All => [.. _received];

    public IReadOnlyList<string> Told(string? url = null) => [.. _received.Where(one => url is null || one.Url == url).Select(one => one.Told)];

    public static HttpResponseMessage Status(HttpStatusCode status) => new(status);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string Header(string name) => request.Headers.GetValues(name).Single();
        var one = new Received(
            request.RequestUri!.ToString(),
            Header("webhook-id"),
            long.Parse(Header("webhook-timestamp"), CultureInfo.InvariantCulture),
            Header("webhook-signature"),
            await request.Content!.ReadAsByteArrayAsync(cancellationToken),
            time.GetUtcNow());
        _received.Enqueue(one);
        return await Answer(one, cancellationToken);
    }
}

/// <summary>A journal, a sender on it, and receivers.</summary>
internal sealed class WebhookRig : IAsyncDisposable
{
    public const string One = "https://one.example.org/hook?token=secret";
    public const string Two = "https://two.example.org/hook";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("webhooks");
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public WebhookRig()
    {
        Receivers = new ScriptedReceivers(Time);
        Journal = new Journal(JournalPath);
    }

    public ManualTime Time { get; } = new();

    public ScriptedReceivers Receivers { get; }

    public Journal Journal { get; private set; }

    public WebhookSender Sender { get; private set; } = null!;

    public WebhookCourier Courier => Sender.Couriers.First();

    public IMeterFactory Meters => _metrics.GetRequiredService<IMeterFactory>();

    private string JournalPath => Path.Combine(_directory.FullName, "ledger.db");

    /// <summary>Waits until something is so that other threads are about to make so.</summary>
    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20), $"It did not come to this: {what}.");
            await Task.Yield();
        }
    }

    public async Task StartAsync(params string[] urls)
    {
        Sender = new WebhookSender(
            urls,
            new WebhookPost(Receivers, new WebhookSigner([new byte[32]]), Time),
            Journal,
            new PresenceRules(TimeSpan.FromSeconds(15)),
            new WebhookMeters(Meters),
            Time,
            () => 0.5,
            NullLogger<WebhookSender>.Instance);
        await Sender.StartAsync(CancellationToken.None);
    }

    /// <summary>The next process on the same file; the former was killed, and saved nothing any more.</summary>
    public Task RestartKilledAsync(params string[] urls)
    {
        foreach (var courier in Sender.Couriers)
        {
            courier.TakeMoved();
        }

        return RestartAsync(urls);
    }

    /// <summary>The next process on the same file.</summary>
    public async Task RestartAsync(params string[] urls)
    {
        await Sender.StopAsync(CancellationToken.None);
        Sender.Dispose();
        Journal.Dispose();
        Journal = new Journal(JournalPath);
        await StartAsync(urls);
    }

    public LedgerEntry Entry(string @class, LedgerKind kind, string? member = null, LedgerCause cause = LedgerCause.None)
    {
        var sequence = _last[@class] = _last.GetValueOrDefault(@class) + 1;
        return new LedgerEntry(
            @class, sequence, kind, Time.GetUtcNow(), TimeSpan.Zero, member, member is null ? null : "web", member is null ? null : Role.Student, cause,
            Name: kind == LedgerKind.Joined ? member : null);
    }

    public LedgerEntry Join(string @class, string member) => Entry(@class, LedgerKind.Joined, member);

    public LedgerEntry Leave(string @class, string member) => Entry(@class, LedgerKind.Left, member, LedgerCause.Asked);

    /// <summary>As the journal's writer does it.</summary>
    public void Write(params LedgerEntry[] entries)
    {
        Journal.Write(entries, Time.GetUtcNow());
        Sender?.Written(entries);
    }

    /// <summary>Does something to the journal's file behind its back.</summary>
    public void Execute(string sql)
    {
        using var file = new SqliteConnection(Journal.Source);
        file.Open();
        using var command = file.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>As the loader does it with what another node wrote.</summary>
    public void Take(params LedgerEntry[] entries) => Journal.Take(entries);

    /// <summary>From here on, as if these had never been written.</summary>
    public void SetAside(string @class, long after)
    {
        Journal.SetAside(@class, after, Time.GetUtcNow());
        _last[@class] = after;
    }

    public Task UntilToldAsync(int count, string? url = null) =>
        UntilAsync(() => Receivers.Told(url).Count >= count, $"{count} posts to {url ?? "all"}, but {Receivers.Told(url).Count}");

    /// <summary>Until nothing waits for the first receiver.</summary>
    public Task UntilDoneAsync() => UntilAsync(() => Courier.Look().Waiting == 0, "nothing waits");

    /// <summary>Lets exactly the time pass for which somebody waits.</summary>
    public async Task PassAsync(double seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);
        await UntilAsync(() => Time.IsAwaited(span), $"somebody waits for {seconds} s");
        Time.Advance(span);
    }

    public async ValueTask DisposeAsync()
    {
        if (Sender is not null)
        {
            await Sender.StopAsync(CancellationToken.None);
            Sender.Dispose();
        }

        Journal.Dispose();
        Receivers.Dispose();
        await _metrics.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
