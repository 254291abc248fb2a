using System.Diagnostics;

namespace Streaming.Tests.Shared.Servers;

/// <summary>Bounded waits on a world that has its own clock.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="limit"/>; the message says <paramref name="what"/>.</exception>
    public static async Task TrueAsync(string what, TimeSpan limit, Func<Task<bool>> condition) =>
        await ValueAsync(what, limit, async () => await condition() ? "yes" : null);

    /// <inheritdoc cref="TrueAsync(string, TimeSpan, Func{Task{bool}})"/>
    public static Task TrueAsync(string what, TimeSpan limit, Func<bool> condition) =>
        TrueAsync(what, limit, () => Task.FromResult(condition()));

    /// <summary>Waits until <paramref name="get"/> gives a value.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="limit"/>.</exception>
    public static async Task<T> ValueAsync<T>(string what, TimeSpan limit, Func<Task<T?>> get)
        where T : class
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await get() is { } value)
            {
                return value;
            }

            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what}.");
            }

            await Task.Delay(Between);
        }
    }
}
