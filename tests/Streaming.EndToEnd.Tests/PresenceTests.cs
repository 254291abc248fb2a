using System.Diagnostics;
using System.Text.Json.Nodes;
using Streaming.EndToEnd.Tests.Rig;
using Streaming.Tests.Shared.Redis;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>A class that stands still, and a book that holds through crashes: real clients, a real server, a real Redis, real kills.</summary>
public sealed class PresenceTests(ITestOutputHelper output)
{
    private const int Class = 45;
    private const int DropsEach = 10;
    private const int Crowd = 200;
    private const double Beat = 5;   // s: how exactly the time of a crash is known

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact(Timeout = 420_000)]
    [Trait("Kind", "Waits")]
    public async Task ThreeMinutesOfDropsMoveNoCountAndTheLedgerHasEveryOne()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var lesson = await RollCall.BeginAsync(server);
        await lesson.AdmitAsync(Class);
        var (seen, version) = (lesson.Counts.Count, lesson.Teacher.Classroom!.Version);
        var began = Stopwatch.GetTimestamp();

        await Task.WhenAll(lesson.Students.ToArray().Select((member, i) => FlickerAsync(lesson, member, new Random(i))));
        await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, 180 - Stopwatch.GetElapsedTime(began).TotalSeconds)));

        Assert.Equal(version, lesson.Teacher.Classroom!.Version);
        Assert.Equal(seen, lesson.Counts.Count);
        Assert.Equal(Class, lesson.Counts.Last());
        var changes = lesson.Counts.Count - seen;
        var ledger = await lesson.LedgerAsync();
        Assert.Equal(2 * Class * DropsEach, ledger.Count(entry => (string)entry["kind"]! is "dropped" or "returned"));
        await lesson.Teacher.EndLessonAsync();
        var members = await lesson.AttendanceAsync();
        Assert.Equal(Class, members.Count);
        Assert.All(members, member =>
        {
            Assert.Equal(DropsEach, member.Drops);
            Assert.Equal((member.LastOut - member.FirstIn).TotalSeconds, member.Present, tolerance: 0.005);
            Assert.Equal(0, member.Unknown);
        });
        output.Note($"{Class} students dropped {DropsEach} times each in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: the teacher's count changed {changes} times");
    }

    [Theory(Timeout = 420_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AfterAKillEverybodyReturnsAndOnlyTheGapIsUnknown(bool withRedis)
    {
        await using var redis = withRedis ? await RedisServer.StartAsync(new RedisServerSetup { IsDurable = true }) : null;
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Arguments = Redis(redis) });
        await using var lesson = await RollCall.BeginAsync(server);
        await lesson.AdmitAsync(Crowd);
        await Task.Delay(TimeSpan.FromSeconds(8));

        var killed = DateTimeOffset.UtcNow;
        await server.KillAsync();
        await lesson.NobodyIsSeatedAsync(Limit);
        await server.RestartAsync();
        var open = DateTimeOffset.UtcNow;
        await lesson.EverybodyIsSeatedAsync(Limit);
        await Task.Delay(TimeSpan.FromSeconds(3));

        // The first who came back found the class together, and so did all after them.
        Assert.Equal(Crowd, lesson.Counts.Last());
        await lesson.Teacher.EndLessonAsync();
        var members = await lesson.AttendanceAsync();
        Assert.Equal(Crowd, members.Count);
        var worst = 0.0;
        Assert.All(members, member =>
        {
            Assert.Equal("onTime", member.Status);
            Assert.Equal((member.LastOut - member.FirstIn).TotalSeconds, member.Present, tolerance: 0.01);   // no second of it is absence
            Assert.InRange(member.Unknown, (open - killed).TotalSeconds - 1, (open - killed).TotalSeconds + Limit.TotalSeconds);
        });

        // What is known stops at the last beat before the kill, and goes on when each is back: nobody's known time is off by more.
        var gap = (await lesson.LedgerAsync()).Single(entry => (string)entry["kind"]! == "interrupted");
        var since = DateTimeOffset.Parse((string)gap["since"]!, System.Globalization.CultureInfo.InvariantCulture);
        worst = (killed - since).TotalSeconds;
        Assert.InRange(worst, -0.5, Beat);
        Assert.Empty(Doubles(await lesson.LedgerAsync()));
        output.Note($"{Crowd} students, server killed{(withRedis ? " with Redis" : "")}: known time ends {worst:0.00} s before the kill");
    }

    [Fact(Timeout = 420_000)]
    public async Task RedisMayDieAndComeBackAndTheLessonNoticesNothing()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerSetup { IsDurable = true });
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Arguments = Redis(redis) });
        await using var lesson = await RollCall.BeginAsync(server);
        await lesson.AdmitAsync(Crowd);
        var version = lesson.Teacher.Classroom!.Version;

        await redis.KillAsync();
        foreach (var member in lesson.Students.Take(20).ToArray())
        {
            await lesson.DropAsync(member);
            await lesson.ReturnAsync(member);
        }

        await Eventually.TrueAsync("health says that Redis is away and that entries wait", Limit, async () =>
        {
            var ready = await server.AskAsync("/healthz/ready");
            return Detail(ready, "shipping").Contains("entries of the ledger wait", StringComparison.Ordinal) && (string)ready["status"]! == "degraded";
        });
        Assert.Equal(version, lesson.Teacher.Classroom!.Version);
        await redis.StartAgainAsync();
        await Eventually.TrueAsync("health is well again", Limit, async () => (string)(await server.AskAsync("/healthz/ready"))["status"]! == "ok");

        await lesson.Teacher.EndLessonAsync();
        var members = await lesson.AttendanceAsync();
        Assert.Equal((Crowd, 20), (members.Count, members.Sum(member => member.Drops)));
        Assert.All(members, member => Assert.Equal(0, member.Unknown));
        var ledger = await lesson.LedgerAsync();
        Assert.Empty(Doubles(ledger));
        await Eventually.TrueAsync("all of it is in Redis", Limit, async () =>
            await redis.CliAsync("XLEN", $"streaming:{{{lesson.Class}}}:ledger") == $"{(await lesson.LedgerAsync()).Count}");
    }

    [Fact(Timeout = 420_000)]
    public async Task AFullDiskIsSaidAndTheLessonGoesOn()
    {
        await using var disk = await SmallDisk.MakeAsync(megabytes: 6);
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Data = disk.Path });
        await using var lesson = await RollCall.BeginAsync(server);
        await lesson.AdmitAsync(20);

        disk.Fill();
        await Eventually.TrueAsync("health says that the disk is full", Limit, async () =>
        {
            await lesson.DropAsync("s-000");
            await lesson.ReturnAsync("s-000");
            var ready = await server.AskAsync("/healthz/ready");
            return Detail(ready, "ledger").Contains("No space left on device", StringComparison.Ordinal) && (string)ready["status"]! == "degraded";
        });
        await lesson.Teacher.SayAsync("the lesson goes on");
        await lesson.EverybodyIsSeatedAsync(Limit);

        disk.Empty();
        await Eventually.TrueAsync("health is well again", Limit, async () =>
            (await server.AskAsync("/healthz/ready"))["parts"]!["ledger"]!["state"]!.ToString() == "ok");
        await lesson.Teacher.EndLessonAsync();
        var ledger = await lesson.LedgerAsync();
        Assert.Empty(Doubles(ledger));
        Assert.Equal(
            ledger.Count(entry => (string)entry["kind"]! == "dropped"), ledger.Count(entry => (string)entry["kind"]! == "returned"));
        Assert.Equal(20, (await lesson.AttendanceAsync()).Count);
    }

    /// <summary>Ten drops of up to twelve seconds within three minutes.</summary>
    private static async Task FlickerAsync(RollCall lesson, string member, Random random)
    {
        for (var drop = 0; drop < DropsEach; drop++)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5 + (random.NextDouble() * 5)));
            await lesson.DropAsync(member);
            await Task.Delay(TimeSpan.FromSeconds(0.2 + (random.NextDouble() * 11.3)));
            await lesson.ReturnAsync(member);
        }
    }

    /// <summary>The sequence numbers that are missing or there twice.</summary>
    internal static IEnumerable<long> Doubles(IReadOnlyList<JsonNode> ledger) =>
        ledger.Select((entry, index) => ((long)entry["sequence"]!, (long)index + 1)).Where(pair => pair.Item1 != pair.Item2).Select(pair => pair.Item1);

    internal static string[] Redis(RedisServer? redis) => redis is null ? [] : ["--Redis:Endpoints", redis.Endpoint];

    private static string Detail(JsonNode ready, string part) => (string?)ready["parts"]![part]!["detail"] ?? "";
}
