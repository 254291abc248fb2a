using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Streaming.Server.Tests;

public sealed partial class RoomRulesTests
{
    private static readonly string[] Effects =
    [
        "ClassroomHub.cs", "ClassroomRunner.cs", "ClassroomRunner.Loop.cs", "ClassroomRunner.Outputs.cs",
        "ClassroomRunner.Home.cs", "ClassroomRunner.Erasing.cs", "ClassroomDirectory.cs", "ClassroomAudience.cs", "ClassroomServices.cs",
    ];

    [Fact]
    public void TheStateMachinesOfAClassKnowNothingOfTheOutside()
    {
        var sources = Directory.GetFiles(Path.Combine(Server(), "Classrooms"), "*.cs")
            .Where(file => Path.GetFileName(file) is var name
                && (name.StartsWith("Classroom", StringComparison.Ordinal) || name.StartsWith("Observer", StringComparison.Ordinal))
                && !Effects.Contains(name))
            .ToList();

        Assert.True(sources.Count >= 10);
        Assert.All(sources, file => Assert.DoesNotMatch(Outside(), Code(file)));
    }

    [Fact]
    public void TheHubAndTheRunnersKnowNothingOfPackets()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Server(), "Classrooms"), "*.cs"))
        {
            Assert.DoesNotMatch(@"Streaming\.Rtc|Redis", Code(file));
        }
    }

    [Fact]
    public void TheFanOutKnowsNothingOfClassroomsButTheirContracts()
    {
        var sources = Directory.GetFiles(Path.Combine(Server(), "FanOut"), "*.cs");

        Assert.True(sources.Length >= 10);
        Assert.All(sources, file => Assert.DoesNotMatch(@"Server\.(Classrooms|Media|Attendance)|Streaming\.Rtc|Redis", Code(file)));
        Assert.All(
            sources.Where(file => Path.GetFileName(file) is "Outbox.cs" or "NewsDigest.cs" or "SnapshotSize.cs"), file => Assert.DoesNotMatch(Outside(), Code(file)));
    }

    [Fact]
    public void MediaKnowsNothingOfTheHub()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Server(), "Media"), "*.cs"))
        {
            Assert.DoesNotMatch(@"SignalR|Redis|IHubContext", Code(file));
        }
    }

    [Fact]
    public void TheRedisPackageHasOneDoor()
    {
        var naming = Directory.GetFiles(Server(), "*.cs", SearchOption.AllDirectories)
            .Where(file => Code(file).Contains("StackExchange", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Server(), file))
            .Order(StringComparer.Ordinal);

        Assert.Equal(["Stores/Redis/RedisConnection.cs", "Stores/Redis/RedisFailure.cs", "Stores/Redis/RedisReply.cs"], naming);
    }

    [Fact]
    public void TheHubProtocolKnowsNothingOfClasses()
    {
        var sources = Directory.GetFiles(Path.Combine(Server(), "..", "Streaming.HubProtocol"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        Assert.All(sources, file => Assert.DoesNotMatch(@"Streaming\.(Contracts|Server|Client|Rtc)|Classroom", Code(file)));
    }

    private static string Code(string file) =>
        string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    private static string Server([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "Streaming.Server"));

    [GeneratedRegex(@"SignalR|\bTask\b|\bValueTask\b|Redis|Streaming\.Rtc|\block\b|UtcNow|TimeProvider|ILogger|\bawait\b")]
    private static partial Regex Outside();
}
