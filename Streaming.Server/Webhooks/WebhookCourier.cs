using System.Threading.Channels;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;

namespace Streaming.Server.Webhooks;

/// <summary>Tells one receiver what happens: each class's events in their order and one at a time, several classes at once.</summary>
/// <remarks>
/// Safe for threads. A receiver that is slow or away holds up nobody: what it has not taken waits on the disk. A class whose event it refuses
/// waits alone.
/// </remarks>
internal sealed partial class WebhookCourier(
    Uri url, WebhookPost post, Journal journal, PresenceRules rules, WebhookMeters meters, TimeProvider time, Func<double> chance, ILogger logger)
    : IDisposable
{
    /// <summary>How many classes' events are on their way at once.</summary>
    public const int InFlight = 8;

    /// <summary>How many entries are kept in memory.</summary>
    public const int MostInMemory = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, WebhookLane> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _moved = new(StringComparer.Ordinal);
    private readonly Channel<WebhookLane> _due = Channel.CreateUnbounded<WebhookLane>();
    private readonly WebhookBudget _budget = new(MostInMemory);
    private readonly WebhookReceiver _receiver = new(url);
    private CancellationTokenSource _recovered = new();

    /// <summary>How the receiver does.</summary>
    public WebhookReceiver Receiver => _receiver;

    /// <summary>How many entries are in memory.</summary>
    public int InMemory => _budget.Taken;

    /// <summary>How many entries wait for the receiver on the disk, and since when the oldest refusal lasts; null when it takes everything.</summary>
    public (long Waiting, DateTimeOffset? FailingSince) Look()
    {
        lock (_gate)
        {
            return (_lanes.Values.Sum(lane => lane.Waiting), _lanes.Values.Min(lane => lane.FailingSince));
        }
    }

    /// <summary>A former process left this behind.</summary>
    public void Resume(string @class, long cursor, long written)
    {
        lock (_gate)
        {
            var lane = new WebhookLane(@class, cursor, written, _budget);
            _lanes.Add(@class, lane);
            Wake(lane);
        }
    }

    /// <summary>These are on the disk now.</summary>
    public void Written(IReadOnlyList<LedgerEntry> entries)
    {
        lock (_gate)
        {
            if (_receiver.IsGone)
            {
                return;
            }

            WebhookLane? last = null;
            foreach (var entry in entries)
            {
                if (last?.Class != entry.Class)
                {
                    Wake(last);
                    last = LaneFor(entry);
                }

                last!.Add(entry);
            }

            Wake(last);
        }
    }

    /// <summary>The classes in which the cursor has moved since the last call.</summary>
    public IReadOnlyCollection<(string Class, long Sequence)> TakeMoved()
    {
        lock (_gate)
        {
            (string, long)[] moved = [.. _moved.Select(pair => (pair.Key, pair.Value))];
            _moved.Clear();
            return moved;
        }
    }

    /// <summary>These could not be saved, and are to be saved with the next.</summary>
    public void PutBack(IEnumerable<(string Class, long Sequence)> moved)
    {
        lock (_gate)
        {
            foreach (var (@class, sequence) in moved)
            {
                _moved.TryAdd(@class, sequence);
            }
        }
    }

    /// <summary>Works until the server stops.</summary>
    public Task RunAsync(CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(() => WorkAsync(stopping), stopping)));

    public void Dispose() => _recovered.Dispose();

    private WebhookLane LaneFor(LedgerEntry first)
    {
        if (!_lanes.TryGetValue(first.Class, out var lane))
        {
            // Nothing of this class waits. What lies between the last that was told and this one is another node's to tell, or older than this list.
            _lanes.Add(first.Class, lane = new WebhookLane(first.Class, first.Sequence - 1, first.Sequence - 1, _budget));
            _moved[first.Class] = lane.Cursor;
        }

        return lane;
    }

    private void Wake(WebhookLane? lane)
    {
        if (lane is { IsBusy: false, HasWork: true })
        {
            lane.IsBusy = true;
            _due.Writer.TryWrite(lane);
        }
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        await foreach (var lane in _due.Reader.ReadAllAsync(stopping))
        {
            var wait = await TryStepAsync(lane, stopping);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            if (wait is { } later)
            {
                _ = WakeLaterAsync(lane, later, stopping);
            }
            else
            {
                EndStep(lane);
            }
        }
    }

    // To the end of the line: the other classes have their turn before this one's next event.
    private void EndStep(WebhookLane lane)
    {
        lock (_gate)
        {
            lane.IsBusy = false;
            if (lane.IsDone || _receiver.IsGone)
            {
                lane.Release();
                _lanes.Remove(lane.Class);
            }
            else
            {
                Wake(lane);
            }
        }
    }

    private async Task WakeLaterAsync(WebhookLane lane, TimeSpan wait, CancellationToken stopping)
    {
        CancellationToken recovered;
        lock (_gate)
        {
            recovered = _recovered.Token;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, recovered);
        await Task.Delay(wait, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _due.Writer.TryWrite(lane);
    }
}
