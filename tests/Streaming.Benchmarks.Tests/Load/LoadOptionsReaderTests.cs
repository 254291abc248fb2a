using Streaming.Benchmarks.Load;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Tests.Load;

public sealed class LoadOptionsReaderTests
{
    [Fact]
    public void NothingSaidIsOneClassOfAHundredOnTwoProcessors()
    {
        var read = Read("");
        Assert.Equal((LoadKind.Steady, 1, 100, 10), (read.Kind, read.Classes, read.Viewers, read.Seconds));
        Assert.Equal(new PublishedStream(50, 5, 1_100, TimeSpan.FromMilliseconds(10)), read.Stream);
        Assert.Equal(("0", "1"), ($"{read.ServerProcessors}", $"{read.LoadProcessors}"));
        Assert.Equal((SrtpProfile.AeadAes128Gcm, Receivers.Timer, true), (read.Profile, read.Receivers, read.TellsArrivals));
    }

    [Fact]
    public void EverythingCanBeSaid()
    {
        var read = Read("--classes 20 --viewers 5 --seconds 30 --fps 25 --frame 7 --size 900 --voice-offset 0 --profile sha1 --feedback none --receivers gro --pause 5 --sample 3 "
            + "--ramp 50 --warm-up 60 --server-cpu 0-1 --load-cpu any --workers 2 --server-set Rtc:Segmentation=off --server-set Rtc:GatherMicroseconds=0 --json a.json --markdown a.md");
        Assert.Equal(new PublishedStream(25, 7, 900, TimeSpan.Zero), read.Stream);
        Assert.Equal((20, 5, 30, 3, 50, 2), (read.Classes, read.Viewers, read.Seconds, read.Sample, read.Ramp, read.Workers));
        Assert.Equal((SrtpProfile.AesCm128HmacSha1Tag80, Receivers.Gro, TimeSpan.FromMilliseconds(5)), (read.Profile, read.Receivers, read.Pause));
        Assert.False(read.TellsArrivals);
        Assert.Equal(TimeSpan.FromMinutes(1), read.WarmUp);
        Assert.Equal(("0,1", "0,1"), ($"{read.ServerProcessors}", $"{read.LoadProcessors}"));
        Assert.Equal(["Rtc:Segmentation=off", "Rtc:GatherMicroseconds=0"], read.ServerSettings);
        Assert.Equal(("a.json", "a.md"), (read.JsonFile, read.MarkdownFile));
    }

    [Fact]
    public void TheKindsOfRunHaveTheirOwnOptions()
    {
        Assert.True(Read("--voice-only").Stream.IsVoiceOnly);
        Assert.Equal((LoadKind.Saturate, 50, 400), (Read("--saturate --step 50 --most 400").Kind, Read("--saturate --step 50").Step, Read("--saturate --most 400").Most));
        var storm = Read("--storm 1000/5 --storm-into running");
        Assert.Equal((LoadKind.Storm, 1_000, 5, true), (storm.Kind, storm.StormViewers, storm.StormSeconds, storm.StormsIntoRunning));
        Assert.Equal((LoadKind.Churn, 20), (Read("--churn 20").Kind, Read("--churn 20").Churn));
    }

    [Fact]
    public void AnotherServerIsReachedByItsAddressesAndItsProcess()
    {
        var foreign = Read("--against http://127.0.0.1:80/whip/a http://localhost/whep/a --pid 12 --token t --whep-token v").Foreign!;
        Assert.Equal(("http://127.0.0.1/whip/a", "http://localhost/whep/a"), (foreign.Whip.ToString(), foreign.Whep.ToString()));
        Assert.Equal((12, "t", "v"), (foreign.ProcessId, foreign.WhipToken, foreign.WhepToken));
    }

    [Theory]
    [InlineData("--viewer 5", "'--viewer' is no option")]
    [InlineData("--viewers", "--viewers needs a value")]
    [InlineData("--viewers 0", "whole number from 1 to 5000")]
    [InlineData("--viewers many", "'many' is none")]
    [InlineData("--classes 200 --viewers 100", "20000 viewers are too many")]
    [InlineData("--profile aes", "gcm or sha1")]
    [InlineData("--feedback remb", "twcc or none")]
    [InlineData("--receivers epoll", "timer or gro or woken")]
    [InlineData("--server-cpu 2", "each below 2")]
    [InlineData("--load-cpu 1-", "'1-' is none")]
    [InlineData("--load-cpu 1-0", "'1-0' is none")]
    [InlineData("--server-set Rtc:Workers", "Rtc:Workers=2")]
    [InlineData("--storm 1000", "such as 1000/5")]
    [InlineData("--storm 1000/0", "such as 1000/5")]
    [InlineData("--storm 10/1 --churn 5", "runs of their own")]
    [InlineData("--saturate --viewers 100 --most 50", "less than it begins with")]
    [InlineData("--against http://127.0.0.1/a http://127.0.0.1/b", "needs --pid")]
    [InlineData("--against http://192.0.2.1/a http://127.0.0.1/b --pid 1", "'http://192.0.2.1/a' is none")]
    [InlineData("--against http://127.0.0.1/a http://example.org/b --pid 1", "Load stays on loopback")]
    [InlineData("--against http://127.0.0.1/a http://127.0.0.1/b --pid 1 --classes 2", "one class")]
    [InlineData("--against http://127.0.0.1/a http://127.0.0.1/b --pid 1 --storm 10/1", "no waiting classes")]
    [InlineData("--pid 1", "go with --against")]
    public void WhatIsWrongIsToldWithWhatIsRight(string arguments, string part) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(() => Read(arguments)).Message, StringComparison.Ordinal);

    private static LoadOptions Read(string arguments) =>
        LoadOptionsReader.Read(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), processors: 2);
}
