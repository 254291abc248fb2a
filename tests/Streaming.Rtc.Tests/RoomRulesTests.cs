using System.Runtime.CompilerServices;

namespace Streaming.Rtc.Tests;

/// <summary>What a line of code may know is decided by the room it stands in. Project references keep half of it; this keeps the rest.</summary>
public sealed class RoomRulesTests
{
    private const string Effects =
        @"\bSocket\b|\bThread\b|\bTask\b|\bValueTask\b|\bawait\b|\block\s*\(|\bLock\b|TimeProvider|Stopwatch|\bUtcNow\b|DateTime\w*\.Now|ILogger|SignalR|Redis";

    [Theory]
    [InlineData("Rtp", @"\bSfu\b|\bSdp\b|\bNet\b|\bDtls\b|List<|Dictionary<|Queue<")]
    [InlineData("Rtcp", @"\bSfu\b|\bSdp\b|\bNet\b|\bDtls\b|List<|Dictionary<|Queue<")]
    [InlineData("Stun", @"\bSfu\b|\bSdp\b|\bNet\b|\bDtls\b|List<|Dictionary<|Queue<")]
    [InlineData("Srtp", @"\bSfu\b|\bSdp\b|Streaming\.Rtc\.Net|List<|Dictionary<|Queue<")]
    [InlineData("Ice", @"\bSfu\b|\bSdp\b|Streaming\.Rtc\.Net")]
    [InlineData("Dtls", @"\bSfu\b|\bSdp\b|Streaming\.Rtc\.Net")]
    [InlineData("Sdp", @"RtpReader|RtcpReader|RtcEngine|\bRoom\b|Streaming\.Rtc\.Net")]
    [InlineData("Sfu", @"Streaming\.Rtc\.Net")]
    [InlineData("Sfu/Congestion", @"Streaming\.Rtc\.Net|\bSdp\b|\bSrtp\b|List<|Dictionary<|Queue<|RtcEngine|PeerTransport")]
    public void ProtocolCodeKnowsNoEffects(string room, string strangers)
    {
        var files = Directory.GetFiles(Path.Combine(Sources(), room), "*.cs");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var code = Code(file);
            Assert.DoesNotMatch(Effects, code);
            Assert.DoesNotMatch(strangers, code);
        }
    }

    [Fact]
    public void TheTransportKnowsNothingOfClassesOrTheWeb()
    {
        foreach (var file in Directory.GetFiles(Sources(), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")))
        {
            Assert.DoesNotMatch(@"Streaming\.(Contracts|Server|Client)|AspNetCore|Redis|Classroom", Code(file));
        }
    }

    [Fact]
    public void NativeLibrariesHaveOneDoorEach()
    {
        var doors = Directory.GetFiles(Sources(), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("LibraryImport(", StringComparison.Ordinal))
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal);
        Assert.Equal(["Libc.Machine.cs", "Libc.cs", "OpenSsl.Crypto.cs", "OpenSsl.cs"], doors);
    }

    private static string Code(string file) =>
        string.Join('\n', File.ReadLines(file).Select(line => line.Split("//")[0]));

    private static string Sources([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "Streaming.Rtc"));
}
