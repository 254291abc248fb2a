using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>One task of a page's main thread.</summary>
/// <param name="At">Since the page was opened, in ms.</param>
/// <param name="Work">How long the thread worked at it, in ms; not how long it took, which on a busy machine is longer.</param>
/// <param name="What">What took most of it.</param>
internal sealed record PageTask(double At, double Work, string What)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Work:0} ms at {At:0}: {What}");
}

/// <summary>What a page's main thread did, by the browser's own tracing.</summary>
internal sealed class TaskTrace
{
    private const string Task = "ThreadControllerImpl::RunTask";
    private const string Opened = "navigationStart";
    private const string Thread = "thread_name";
    private const int Named = 4;

    // What says more of a task than where the browser had it from.
    private static readonly string[] Telling = ["EvaluateScript", "TimerFire", "FunctionCall", "UpdateLayoutTree", "Layout", "ParseHTML"];
    private static readonly HashSet<string> Kept = [Task, Opened, Thread, .. Telling];

    private readonly List<Happened> _all = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ICDPSession _session;

    private TaskTrace(ICDPSession session)
    {
        _session = session;
        session.Event("Tracing.dataCollected").OnEvent += (_, e) => Keep(e!.Value.GetProperty("value"));
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => _complete.TrySetResult();
    }

    /// <summary>Begins.</summary>
    public static async Task<TaskTrace> BeginAsync(IBrowser browser)
    {
        var trace = new TaskTrace(await browser.NewBrowserCDPSessionAsync());
        await trace._session.SendAsync("Tracing.start", new Dictionary<string, object>
        {
            ["transferMode"] = "ReportEvents",
            ["traceConfig"] = new Dictionary<string, object> { ["includedCategories"] = new[] { "devtools.timeline", "toplevel", "blink.user_timing" } },
        });
        return trace;
    }

    /// <summary>Ends, and tells the longer tasks of a page, in their order, from the first line of its HTML on.</summary>
    /// <param name="path">In the page's address.</param>
    /// <param name="least">The least work, in ms.</param>
    /// <remarks>What comes before that line is the browser's: it takes down the former page and sets up the new one.</remarks>
    public async Task<IReadOnlyList<PageTask>> EndAsync(string path, double least)
    {
        await _session.SendAsync("Tracing.end");
        await _complete.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var opened = _all.First(one => one.Name == Opened && one.Data.Contains(path, StringComparison.Ordinal));
        var main = _all.First(one => one.Name == Thread && one.Process == opened.Process && one.Data == "CrRendererMain").ThreadId;
        var done = _all.Where(one => one.Process == opened.Process && one.ThreadId == main && one.At >= opened.At).OrderBy(one => one.At).ToList();
        var first = done.First(one => one.Name == "ParseHTML" && one.Data.Contains(path, StringComparison.Ordinal)).At;
        return [.. done.Where(one => one.Name == Task && one.At + one.Took > first && one.Work >= least * 1_000)
            .Select(task => new PageTask((task.At - opened.At) / 1_000, task.Work / 1_000, What(task, done)))];
    }

    private static string What(Happened task, List<Happened> all)
    {
        var inside = all.Where(one => Telling.Contains(one.Name) && one.At >= task.At && one.At < task.At + task.Took).OrderByDescending(one => one.Work);
        var names = inside.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one} {one.Work / 1_000:0}"));
        return string.Join(", ", names.Distinct().Take(Named).DefaultIfEmpty(task.Data));
    }

    private void Keep(JsonElement events)
    {
        lock (_all)
        {
            _all.AddRange(events.EnumerateArray().Where(one => Kept.Contains(one.GetProperty("name").GetString()!)).Select(Happened.Read));
        }
    }

    /// <param name="Name">Of the event.</param>
    /// <param name="Data">An address, a thread's name, or where a task comes from.</param>
    /// <param name="Detail">Which function, or how many objects.</param>
    /// <param name="Process">Whose.</param>
    /// <param name="ThreadId">Whose.</param>
    /// <param name="At">µs.</param>
    /// <param name="Took">µs.</param>
    /// <param name="Work">µs of the thread's own time.</param>
    private sealed record Happened(string Name, string Data, string Detail, int Process, int ThreadId, double At, double Took, double Work)
    {
        private static readonly string[] Texts = ["url", "documentLoaderURL", "name", "src_func"];

        public static Happened Read(JsonElement one) => new(
            one.GetProperty("name").GetString()!,
            Texts.Select(name => Find(one.GetProperty("args"), name)).FirstOrDefault(text => text is not null) ?? "",
            DetailOf(one.GetProperty("args")),
            one.GetProperty("pid").GetInt32(),
            one.GetProperty("tid").GetInt32(),
            Number(one, "ts"),
            Number(one, "dur"),
            Number(one, "tdur"));

        /// <summary>A function is named by its file and line, a layout by how much of the page it was.</summary>
        public override string ToString() => $"{Name} {Data.Split('/')[^1].Split('#')[0]}{Detail}".Trim();

        private static string DetailOf(JsonElement arguments)
        {
            if (arguments.TryGetProperty("elementCount", out var elements))
            {
                return $"of {elements} elements";
            }

            if (arguments.TryGetProperty("beginData", out var begin) && begin.TryGetProperty("dirtyObjects", out var dirty))
            {
                return $"of {dirty} objects among {begin.GetProperty("totalObjects")}";
            }

            return arguments.TryGetProperty("data", out var data) && data.TryGetProperty("functionName", out var name)
                ? $":{data.GetProperty("lineNumber")} {name}"
                : "";
        }

        private static double Number(JsonElement one, string name) => one.TryGetProperty(name, out var value) ? value.GetDouble() : 0;

        // Itself, or in what it holds: "data", "beginData".
        private static string? Find(JsonElement arguments, string name)
        {
            foreach (var argument in arguments.EnumerateObject())
            {
                if (argument.Name == name && argument.Value.ValueKind == JsonValueKind.String)
                {
                    return argument.Value.GetString();
                }

                if (argument.Value.ValueKind == JsonValueKind.Object && Find(argument.Value, name) is { } found)
                {
                    return found;
                }
            }

            return null;
        }
    }
}
