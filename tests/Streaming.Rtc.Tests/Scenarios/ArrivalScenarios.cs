using Streaming.Client.Peers;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>What a publisher hears of its packets, by which it finds out what its way carries.</summary>
public sealed class ArrivalScenarios
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryPacketThatCameIsToldWhoeverWatches(bool isWatched)
    {
        using var net = new VirtualNetwork(seed: 301);
        var teacher = Teacher(net);
        if (isWatched)
        {
            net.Viewer();
        }

        net.Connect();
        teacher.SendVoice();
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(10));
        teacher.StopSending();
        net.Run(TimeSpan.FromSeconds(1));

        Assert.True(teacher.Peer.NumberedPackets > 1_400);
        Assert.Equal(teacher.Peer.NumberedPackets, teacher.Peer.ArrivalsTold);
        Assert.Null(teacher.Peer.RembBitrate);
        Assert.InRange(teacher.Peer.TransportFeedbacks, 10 * 10, 10 * 20);
    }

    [Fact]
    public void WhatWasLostIsNotTold()
    {
        using var net = new VirtualNetwork(seed: 302);
        var teacher = Teacher(net);
        net.Connect();
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(1));
        var (numbered, told) = (teacher.Peer.NumberedPackets, teacher.Peer.ArrivalsTold);
        var lost = 0;
        net.Loses = (from, _, datagram) => from == teacher.Address && datagram[0] >= 128 && datagram[1] is < 192 or >= 224 && ++lost % 4 == 0;
        net.Run(TimeSpan.FromSeconds(5));

        var share = (teacher.Peer.ArrivalsTold - told) / (double)(teacher.Peer.NumberedPackets - numbered);
        Assert.InRange(share, 0.70, 0.78);
    }

    [Fact]
    public void ASlowWayIsToldLessOften()
    {
        using var net = new VirtualNetwork(seed: 303);
        var teacher = Teacher(net);
        net.Connect();
        teacher.SendVoice();
        net.Run(TimeSpan.FromSeconds(1));
        var before = teacher.Peer.TransportFeedbacks;
        net.Run(TimeSpan.FromSeconds(10));
        Assert.InRange(teacher.Peer.TransportFeedbacks - before, 80, 101);
    }

    [Fact]
    public void WhoDoesNotNumberIsToldABitrate()
    {
        using var net = new VirtualNetwork(seed: 304);
        var teacher = net.Publisher(TrackSource.Camera);
        net.Connect();
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(2));
        Assert.NotNull(teacher.Peer.RembBitrate);
        Assert.Equal((0, 0), (teacher.Peer.NumberedPackets, teacher.Peer.TransportFeedbacks));
    }

    private static VirtualPeer Teacher(VirtualNetwork net) => net.Publisher(new HeadlessPeerOptions
    {
        Seed = 9,
        Tracks = [TrackSource.Voice, TrackSource.Camera],
        TransportFeedback = true,
    });
}
