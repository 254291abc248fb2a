using System.Text.Json.Nodes;
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

    [Fact]
    public async Task WhoComesIntoAClassThatWasEmptyFindsItTheSameWhetherAnInspectorStayedOrNot()
    {
        var without = await EmptyClassAsync(inspected: false);
        var with = await EmptyClassAsync(inspected: true);

        Assert.Equal(without, with);
        Assert.Contains("\"version\":1,", without[0], StringComparison.Ordinal);
        Assert.Contains("\"ended\"", without[1], StringComparison.Ordinal);
    }

    private static async Task<string[]> EmptyClassAsync(bool inspected)
    {
        await using var host = new ServerHost { Time = new ManualTime() };
        var inspector = inspected ? await host.JoinAsync("i", Role.Inspector) : null;
        await using (var teacher = await host.JoinAsync("t", Role.Teacher))
        {
            await teacher.InvokeAsync("StartLesson");
            await teacher.InvokeAsync("Say", "back in a moment");
            await teacher.InvokeAsync("Leave");
        }

        await RestAsync();
        var ada = await host.ConnectAsync("ada", Role.Student);
        var soon = await ada.InvokeAsync<JsonNode>("Join", new JoinRequest("d1"));
        await ada.InvokeAsync("Leave");
        await RestAsync();
        host.Time!.Advance(Classroom.AbandonedAfter);
        await using var ben = await host.ConnectAsync("ben", Role.Student);
        var late = await ben.InvokeAsync<JsonNode>("Join", new JoinRequest("d1"));
        if (inspector is not null)
        {
            // The lesson ended in its absence, and its copy begins anew, too.
            await inspector.Ended;
            inspector = await host.JoinAsync("i", Role.Inspector);
            Assert.Equal(late["classroom"]!["version"]!.GetValue<long>(), (await inspector.InvokeAsync<ClassroomSnapshot>("Snapshot")).Version);
            await inspector.DisposeAsync();
        }

        await ada.DisposeAsync();
        return [.. new[] { soon, late }.Select(reply => Scrub(reply.ToJsonString()))];

        async Task RestAsync()
        {
            var runner = host.Get<ClassroomDirectory>().Find("math")!;
            host.Time!.Advance(ClassroomRunner.IdleTime + TimeSpan.FromSeconds(1));
            if (inspector is null)
            {
                await runner.Completion.WaitAsync(TimeSpan.FromMinutes(1));
                return;
            }

            await inspector.Ended;
            inspector = await host.JoinAsync("i", Role.Inspector);
        }
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
            await inspector.InvokeAsync("LimitRung", Rung.Text);
            host.Get<IMediaEvents>().Rung(host.Gateway.Open.Values.Single(owner => owner.Member == "i"), Rung.Sound);
            await inspector.HearAsync("Rung");
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
