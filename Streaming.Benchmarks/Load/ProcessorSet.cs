using System.Globalization;
using System.Runtime.Versioning;
using Streaming.Rtc.Net;

namespace Streaming.Benchmarks.Load;

/// <summary>Some of this machine's processors.</summary>
/// <param name="Numbers">Their numbers, from 0.</param>
internal sealed record ProcessorSet(IReadOnlyList<int> Numbers)
{
    /// <summary>As <c>taskset</c> writes them.</summary>
    public override string ToString() => string.Join(',', Numbers);

    /// <summary>Reads <c>0</c>, <c>0,2</c>, <c>1-3</c> or <c>any</c>.</summary>
    /// <param name="option">The option's name, for the message.</param>
    /// <param name="text">Its value.</param>
    /// <param name="count">How many processors there are.</param>
    /// <exception cref="ArgumentException">It is none of these, or names a processor that is not there; the message says what is right.</exception>
    public static ProcessorSet Read(string option, string text, int count)
    {
        var numbers = text == "any" ? Enumerable.Range(0, count) : text.Split(',').SelectMany(part => Range(part) ?? []);
        var set = numbers.Distinct().Order().ToArray();
        var isRight = text == "any" || text.Split(',').All(part => Range(part) is not null);
        return isRight && set.Length > 0 && set[^1] < count
            ? new ProcessorSet(set)
            : throw new ArgumentException($"{option} takes processors such as 0, 0,1 or 0-1, each below {count}, or any; '{text}' is none.");
    }

    /// <summary>Keeps all threads of this process, and those to come, on these processors.</summary>
    /// <exception cref="LoadException">The system does not let it.</exception>
    [SupportedOSPlatform("linux")]
    public void Pin()
    {
        // Twice: a thread may start while the first round is on its way; the second finds it.
        for (var round = 0; round < 2; round++)
        {
            foreach (var thread in Directory.GetDirectories("/proc/self/task").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)))
            {
                if (!Libc.TrySetProcessors(thread, Numbers) && Directory.Exists($"/proc/self/task/{thread}"))
                {
                    throw new LoadException($"The system does not let this process run on processors {this} alone; write --load-cpu any.");
                }
            }
        }
    }

    private static IEnumerable<int>? Range(string part)
    {
        var ends = part.Split('-');
        return ends.Length is 1 or 2 && ends.All(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1_024)
            && int.Parse(ends[0], CultureInfo.InvariantCulture) is var first && int.Parse(ends[^1], CultureInfo.InvariantCulture) is var last && first <= last
            ? Enumerable.Range(first, last - first + 1)
            : null;
    }
}
