using Streaming.Rtc.Sfu;
using Streaming.Tests.Shared.Links;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>Students behind links as students have them, in virtual time.</summary>
public sealed class LinkScenarios
{
    [Fact]
    public void OneStudentsLinkIsNobodyElses()
    {
        using var net = new VirtualNetwork(seed: 71);
        var teacher = net.Publisher(TrackSource.Voice, TrackSource.Camera);
        var (weak, other) = (net.Viewer(), net.Viewer());
        net.Connect();
        var link = weak.Behind(LinkProfile.Shared, seed: 1, net.Now);
        teacher.SendVoice();
        teacher.SendVideo(fps: 10, packetsPerFrame: 2, size: 1_000);   // 160 kbit/s: it fits
        net.Run(TimeSpan.FromSeconds(20));

        Assert.InRange(link.Down[LinkFate.Lost] / (double)link.Down.Received, 0.01, 0.03);
        Assert.Equal(0, link.Down[LinkFate.QueueFull]);
        Assert.True(weak.Camera.Recovered > 0);
        Assert.Equal((0, 0), (other.Camera.Recovered, other.Voice.Lost));
    }

    [Fact]
    public void WhatALinkDoesNotCarryIsDroppedAtItsQueue()
    {
        using var net = new VirtualNetwork(seed: 72);
        var teacher = net.Publisher(TrackSource.Voice, TrackSource.Camera);
        var student = net.Viewer();
        net.Connect();
        var link = student.Behind(LinkProfile.Thin, seed: 2, net.Now);
        teacher.SendVoice();
        teacher.SendVideo(fps: 25, packetsPerFrame: 4, size: 1_000);   // 800 kbit/s
        net.Run(TimeSpan.FromSeconds(20));

        Assert.True(link.Down[LinkFate.QueueFull] > 1_000);
        Assert.InRange(link.Down.DeliveredBytes * 8 / 20.0, 50_000, 64_000);
        Assert.Contains(net.Events.OfType<WatcherQuality>(), told => told.Transport == student.Id && told.LostFraction > 0.5);
    }

    [Fact]
    public void AfterTenSecondsOfNothingTheVoiceGoesOn()
    {
        using var net = new VirtualNetwork(seed: 73);
        var teacher = net.Publisher(TrackSource.Voice);
        var student = net.Viewer();
        net.Connect();
        var link = student.Behind(LinkProfile.Outage, seed: 3, net.Now);
        teacher.SendVoice();
        net.Run(TimeSpan.FromSeconds(20.5));
        var before = student.Voice.Packets;
        net.Run(TimeSpan.FromSeconds(9));
        Assert.Equal(before, student.Voice.Packets);
        Assert.True(link.Down[LinkFate.Down] > 400);

        net.Run(TimeSpan.FromSeconds(2.5));   // 2 s after the link's return
        Assert.InRange(student.Voice.Packets, before + 90, before + 100);
        Assert.DoesNotContain(net.Events, happened => happened is TransportClosed);
    }
}
