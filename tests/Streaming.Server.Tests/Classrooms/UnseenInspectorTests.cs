using System.Text.RegularExpressions;
using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.Media;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Classrooms;

public sealed partial class UnseenInspectorTests
{
    [Fact]
    public async Task EveryByteToTeacherAndStudentsIsTheSameWithAndWithoutAnInspector()
    {
        var without = await LessonAsync(inspected: false);
        var with = await LessonAsync(inspected: true);

        Assert.Equal(without, with);
        Assert.Contains(without, line => line.Contains("Quality", StringComparison.Ordinal));
        Assert.Contains(without, line => line.Contains("gone", StringComparison.Ordinal));
    }

    private static async Task<List<string>> LessonAsync(bool inspected)
    {
        await using var host = new ServerHost { Time = new ManualTime() };
        var inspector = inspected ? await host.JoinAsync("i", Role.Inspector) : null;
        await using var teacher = await host.JoinAsync("t", Role.Teacher);
        await using var ada = await host.JoinAsync("ada", Role.Student);
        await using var ben = await host.JoinAsync("ben", Role.Student);
        await teacher.InvokeAsync("StartLesson");
        await teacher.InvokeAsync("Publish", new MediaOffer("v=0"));
        await teacher.InvokeAsync("SetSources", (object)new[] { TrackSource.Voice, TrackSource.Screen });
        if (inspector is not null)
        {
            await inspector.InvokeAsync("Watch", new MediaOffer("v=0"));
            await inspector.CodeAsync("Say", "caught?");
        }

        await ada.InvokeAsync("Watch", new MediaOffer("v=0"));
        await ada.InvokeAsync("RaiseHand");
        await ada.InvokeAsync("Say", "may I?");
        var owner = host.Gateway.Open.Values.Single(owner => owner.Member == "ada");
        host.Get<IMediaEvents>().Quality(owner, LinkQuality.Fair);
        if (inspector is not null)
        {
            await inspector.DisposeAsync();
            await using var again = await host.JoinAsync("i", Role.Inspector);
            await again.InvokeAsync("Leave");
        }

        await ben.InvokeAsync("Leave");
        host.Time!.Advance(TimeSpan.FromSeconds(2));
        await teacher.HearAsync("Quality");
        await teacher.InvokeAsync("LowerHand", "ada");
        await teacher.InvokeAsync("EndLesson");
        var last = await ada.InvokeAsync<ClassroomSnapshot>("Snapshot");
        await ada.HearAsync("Changed", "\"ended\"");
        await teacher.HearAsync("Changed", "\"ended\"");

        return
        [
            .. teacher.Received.Select(line => $"teacher {Scrub(line)}"),
            .. ada.Received.Select(line => $"ada {Scrub(line)}"),
            .. ben.Received.Select(line => $"ben {Scrub(line)}"),
            $"version {last.Version}, classes {host.Get<ClassroomDirectory>().Runners.Count(runner => runner.IsOccupied)}",
        ];
    }

    // Times stand still here; only the sessions' random names differ.
    private static string Scrub(string line) => Session().Replace(line, "(session)");

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Session();
}
