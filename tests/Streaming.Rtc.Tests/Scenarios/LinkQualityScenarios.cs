using System.Buffers.Binary;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>What is told of a student's link: of that link alone.</summary>
public sealed class LinkQualityScenarios
{
    private const double Good = 0.02;

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void WhatTheTeachersNetworkLosesIsNobodyElsesBadLink(double loss)
    {
        using var net = new VirtualNetwork(seed: 61);
        var (teacher, student) = Lesson(net);
        teacher.Loss = loss;
        net.Run(TimeSpan.FromSeconds(20));

        Assert.NotEmpty(Told(net, student));
        Assert.All(Told(net, student), lost => Assert.InRange(lost, 0, Good));
    }

    [Fact]
    public void AStillScreenThatLosesOnePacketIsNoBadLink()
    {
        using var net = new VirtualNetwork(seed: 62);
        var teacher = net.Publisher(TrackSource.Voice, TrackSource.Camera, TrackSource.Screen);
        var student = net.Viewer();
        net.Connect();
        teacher.SendVoice();
        teacher.SendVideo();
        teacher.SendVideo(TrackSource.Screen, fps: 1, packetsPerFrame: 1);
        var seen = 0;
        net.Loses = (_, to, datagram) => to == student.Address && IsOf(datagram, student.Screen.Ssrc) && ++seen % 4 == 3;
        net.Run(TimeSpan.FromSeconds(20));

        Assert.True(seen > 15);
        Assert.True(student.Screen.Recovered + student.Screen.Lost > 2);
        Assert.All(Told(net, student), lost => Assert.InRange(lost, 0, Good));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void WhatAStudentsOwnNetworkLosesIsTold(double teachersLoss)
    {
        using var net = new VirtualNetwork(seed: 63);
        var (teacher, student) = Lesson(net);
        var other = net.Viewer();
        net.Connect();
        teacher.Loss = teachersLoss;
        student.Loss = 0.15;
        net.Run(TimeSpan.FromSeconds(20));

        Assert.Contains(Told(net, student), lost => lost is > 0.1 and < 0.2);
        Assert.All(Told(net, other), lost => Assert.InRange(lost, 0, Good));
    }

    private static (VirtualPeer Teacher, VirtualPeer Student) Lesson(VirtualNetwork net)
    {
        var teacher = net.Publisher(TrackSource.Voice, TrackSource.Camera);
        var student = net.Viewer();
        net.Connect();
        teacher.SendVoice();
        teacher.SendVideo();
        return (teacher, student);
    }

    private static bool IsOf(byte[] datagram, Ssrc ssrc) =>
        datagram is [>= 128 and < 192, (< 192 or >= 224), ..] && BinaryPrimitives.ReadUInt32BigEndian(datagram.AsSpan(8)) == ssrc.Value;

    private static List<double> Told(VirtualNetwork net, VirtualPeer student) =>
        [.. net.Events.OfType<WatcherQuality>().Where(told => told.Transport == student.Id).Select(told => told.LostFraction)];
}
