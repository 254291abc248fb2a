namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>Windows of time in which a lesson is watched by browsers.</summary>
internal static class WatchedWindows
{
    private const int MostThatCount = 3;
    private const int Most = 6;

    /// <summary>Where the machine is slower than this, browsers stall without anybody's fault.</summary>
    private const double Slow = 1.6;

    /// <summary>
    /// Passes when a window is flawless. A machine that is busy with something else stalls browsers for half a second; it does not do so in three windows, those
    /// left out in which it can be seen to be slow. After six windows it fails, whatever the machine was like.
    /// </summary>
    /// <param name="watch">Watches for one window, and says what was wrong in it; null for nothing.</param>
    public static async Task OneIsFlawlessAsync(Func<Task<string?>> watch)
    {
        using var machine = Machine.Look();
        List<string> flaws = [];
        var counted = 0;
        while (counted < MostThatCount && flaws.Count < Most)
        {
            if (await watch() is not { } flaw)
            {
                return;
            }

            var slowness = machine.Slowness();
            counted += slowness < Slow ? 1 : 0;
            flaws.Add($"window {flaws.Count + 1}, the machine {slowness:0.0} times slower than the reference: {flaw}");
        }

        Assert.Fail(string.Join(Environment.NewLine, flaws));
    }
}
