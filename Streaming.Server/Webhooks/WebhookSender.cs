using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;

namespace Streaming.Server.Webhooks;

/// <summary>Tells the receivers on the list of people coming and going, from what is written in the journal. Without a list it does nothing.</summary>
/// <remarks>
/// Each receiver hears of everything at least once, also over a restart: up to where it was told is kept on the disk, and the journal has the
/// rest. Lessons and the journal wait for nothing of this.
/// </remarks>
internal sealed partial class WebhookSender : BackgroundService, ILedgerListener
{
    /// <summary>How often cursors are saved: what a crash makes a receiver hear twice is not older.</summary>
    public static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    private readonly record struct Route(string Key, WebhookCourier Courier);

    private readonly Journal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookSender> _logger;
    private readonly Route[] _routes;
    private WebhookCursors? _cursors;
    private bool _isUnsaved;

    /// <param name="urls">The receivers.</param>
    /// <param name="post">How one event is posted.</param>
    /// <param name="journal">Where entries are read.</param>
    /// <param name="rules">How the view is steadied.</param>
    /// <param name="meters">What is counted.</param>
    /// <param name="time">The clocks.</param>
    /// <param name="chance">Gives a number from 0 to 1 for each wait; safe for threads.</param>
    /// <param name="logger">The log.</param>
    public WebhookSender(
        IEnumerable<string> urls,
        WebhookPost post,
        Journal journal,
        PresenceRules rules,
        WebhookMeters meters,
        TimeProvider time,
        Func<double> chance,
        ILogger<WebhookSender> logger)
    {
        (_journal, _time, _logger) = (journal, time, logger);
        _routes = [.. urls.Select(url => new Route(
            KeyOf(url), new WebhookCourier(new Uri(url), post, journal, rules, meters, time, chance, logger)))];
    }

    /// <summary>One courier a receiver, in the order of the list.</summary>
    public IEnumerable<WebhookCourier> Couriers => _routes.Select(route => route.Courier);

    /// <inheritdoc/>
    public void Written(IReadOnlyList<LedgerEntry> entries)
    {
        foreach (var route in _routes)
        {
            route.Courier.Written(entries);
        }
    }

    /// <summary>Draws the line and takes up what was left, before anything new is written.</summary>
    /// <exception cref="SqliteException">The journal's file cannot be read.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _cursors = new WebhookCursors(_journal, [.. _routes.Select(route => route.Key)]);
        try
        {
            _cursors.Begin();
        }
        catch (SqliteException failure)
        {
            // Tried again with each saving. Until then a receiver that is new is told from now on, as long as this process runs.
            Unsaved(failure);
        }

        if (_routes.Length == 0)
        {
            return Task.CompletedTask;
        }

        foreach (var (key, courier) in _routes)
        {
            foreach (var (@class, cursor, written) in _cursors.Backlog(key))
            {
                courier.Resume(@class, cursor, written);
            }
        }

        return base.StartAsync(cancellationToken);
    }

    /// <summary>Saves the cursors once more. What was not told by then is told after the next start.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Save();
    }

    public override void Dispose()
    {
        _cursors?.Dispose();
        foreach (var courier in Couriers)
        {
            courier.Dispose();
        }

        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([.. Couriers.Select(courier => courier.RunAsync(stoppingToken)), SaveAsync(stoppingToken)]);

    // The list may hold secrets, and the journal's file is copied about.
    private static string KeyOf(string url) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(url)));

    private async Task SaveAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(SaveInterval, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Save();
            foreach (var courier in Couriers)
            {
                if (courier.Receiver.TakeLosses() is > 0 and var count)
                {
                    LogLost(count, courier.Receiver.Host);
                }
            }
        }
    }

    private void Save()
    {
        var moved = Array.ConvertAll(_routes, route => route.Courier.TakeMoved());
        if (_cursors is null || Array.TrueForAll(moved, some => some.Count == 0))
        {
            return;
        }

        try
        {
            _cursors.Save(_routes.Zip(moved).SelectMany(pair => pair.Second.Select(at => (pair.First.Key, at.Class, at.Sequence))));
            _isUnsaved = false;
        }
        catch (SqliteException failure)
        {
            foreach (var (route, some) in _routes.Zip(moved))
            {
                route.Courier.PutBack(some);
            }

            Unsaved(failure);
        }
    }

    private void Unsaved(SqliteException failure)
    {
        if (!_isUnsaved)
        {
            _isUnsaved = true;
            LogUnsaved(failure);
        }
    }

    [LoggerMessage(185, LogLevel.Warning, "Up to where webhooks were told cannot be saved; they go on, and after a restart some are told again.")]
    private partial void LogUnsaved(Exception failure);

    [LoggerMessage(186, LogLevel.Error, "{Count} events for {Host} were given up: it did not take them for three days.")]
    private partial void LogLost(int count, string host);
}
