using Streaming.Client.Peers;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>What a teacher has switched off stays unseen and unheard, whatever is still on its way.</summary>
public sealed class PrivacyScenarios
{
    [Fact]
    public void ALateKeyFrameOfAScreenThatWasSwitchedOffReachesNobody()
    {
        using var net = new VirtualNetwork(seed: 81);
        var teacher = net.Publisher(TrackSource.Camera, TrackSource.Screen);
        var present = net.Viewer();
        net.Connect();
        teacher.SendVideo(TrackSource.Screen, fps: 5);
        net.Run(TimeSpan.FromSeconds(2));
        net.Apply(new SetSources(teacher.Id, [TrackSource.Camera]));
        net.Run(TimeSpan.FromMilliseconds(20));   // what had left us before
        var seen = present.Screen.Packets;
        teacher.StopSending();
        teacher.SendVideo(TrackSource.Screen, fps: 5);   // begins with a key frame
        net.Run(TimeSpan.FromSeconds(1));
        var student = net.Viewer();
        var inspector = net.Viewer(isObserver: true);
        net.Connect();
        net.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(seen, present.Screen.Packets);
        Assert.Equal(0, student.Screen.Packets + inspector.Screen.Packets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsSwitchedOnAgainGoesOnWithoutAGapAndWithoutWhatWasBefore(bool isOnBranch)
    {
        using var net = new VirtualNetwork(seed: 82);
        var teacher = net.Publisher(TrackSource.Voice, TrackSource.Camera);
        var branch = net.Branch();
        var student = isOnBranch ? net.BranchViewer() : net.Viewer();
        net.Connect();
        teacher.SendVideo();
        teacher.SendVoice();
        net.Run(TimeSpan.FromSeconds(2));
        net.Apply(new SetSources(teacher.Id, []));
        net.Run(TimeSpan.FromMilliseconds(20));
        var (pictures, sounds) = (student.Camera.Packets, student.Voice.Packets);
        teacher.Loss = 0.1;   // what is lost now must not be asked for later
        net.Run(TimeSpan.FromSeconds(5));
        teacher.Loss = 0;
        Assert.Equal((pictures, sounds), (student.Camera.Packets, student.Voice.Packets));

        var asked = teacher.Peer.Sent[1].AskedAgain;
        net.Apply(new SetSources(teacher.Id, [TrackSource.Voice, TrackSource.Camera]));
        net.Run(TimeSpan.FromSeconds(2));
        Assert.True(student.Camera.Frames > 80);
        Assert.True(student.Voice.Packets > sounds + 90);
        Assert.Equal((0, 0), (student.Camera.Lost, student.Voice.Lost));
        Assert.Equal(asked, teacher.Peer.Sent[1].AskedAgain);
        Assert.Empty(branch.ToHome.OfType<RelayAgain>());
    }
}
