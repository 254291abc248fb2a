using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>Does a little of everything that a hub can do, for the official JavaScript client to ask.</summary>
internal sealed class InteropHub(InteropNotes notes) : Hub
{
    public int Add(int a, int b) => a + b;

    public long Largest() => 9_007_199_254_740_991;

    public double Half(double number) => number / 2;

    public string? Text(string? text) => text;

    public void Nothing()
    {
    }

    public void Refuse() => throw new HubException(HubErrors.Compose(HubErrors.Busy, "wait a moment"));

    public ChatLine Line(ChatLine line) => line;

    public DateTimeOffset Moment(DateTimeOffset moment) => moment;

    public byte[] Turned(byte[] bytes) => [.. bytes.Reverse()];

    /// <summary>Contracts of every kind, the same ones for the same seed.</summary>
    public object[] Contracts(int seed)
    {
        var random = new RandomContract(seed);
        return [.. RandomContract.Records.Select(type => random.Make(type)!)];
    }

    public async IAsyncEnumerable<int> Count(int to)
    {
        for (var i = 1; i <= to; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    public async IAsyncEnumerable<int> CountAndFail(int to)
    {
        await foreach (var number in Count(to))
        {
            yield return number;
        }

        throw new HubException("counted out");
    }

    public async IAsyncEnumerable<int> CountForEver([EnumeratorCancellation] CancellationToken cancelled)
    {
        try
        {
            for (var i = 1; ; i++)
            {
                yield return i;
                await Task.Delay(1, cancelled);
            }
        }
        finally
        {
            notes.Cancelled.TryAdd(Context.ConnectionId);
        }
    }

    public Task WasCancelled() => notes.Cancelled.ContainsAsync(Context.ConnectionId);

    public async Task<int> Sum(IAsyncEnumerable<int> numbers)
    {
        var sum = 0;
        await foreach (var number in numbers)
        {
            sum += number;
        }

        return sum;
    }

    public async IAsyncEnumerable<int> Doubled(ChannelReader<int> numbers)
    {
        await foreach (var number in numbers.ReadAllAsync())
        {
            yield return number * 2;
        }
    }

    public Task TellMe(int times) => Task.WhenAll(Enumerable.Range(1, times).Select(i => Clients.Caller.SendAsync("told", i, new ClassroomChange(i, Gone: ["s"]))));

    public async Task<string> AskMe(string question)
    {
        try
        {
            return await Clients.Caller.InvokeAsync<string>("question", question, Context.ConnectionAborted);
        }
        catch (HubException refusal)
        {
            return $"refused: {refusal.Message}";
        }
    }
}

/// <summary>What the hub remembers over calls.</summary>
internal sealed class InteropNotes
{
    public Awaitables Cancelled { get; } = new();
}

/// <summary>Names that can be awaited.</summary>
internal sealed class Awaitables
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> _names = new();

    public void TryAdd(string name) => Of(name).TrySetResult();

    public Task ContainsAsync(string name) => Of(name).Task;

    private TaskCompletionSource Of(string name) =>
        _names.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
