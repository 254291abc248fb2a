using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>A class with more viewers than one worker carries.</summary>
public sealed class SpanningScenarios
{
    [Fact]
    public void ViewersOfBothWorkersGetEverything()
    {
        using var net = new VirtualNetwork(seed: 91);
        var teacher = net.Publisher(TrackSource.Voice, TrackSource.Camera);
        var branch = net.Branch();
        var (here, there) = (net.Viewer(), net.BranchViewer());
        net.Connect();
        teacher.SendVideo();
        teacher.SendVoice();
        net.Run(TimeSpan.FromSeconds(5));

        Assert.All(new[] { here, there }, viewer =>
        {
            Assert.Equal(0, viewer.Camera.Lost + viewer.Camera.Duplicates + viewer.Voice.Lost);
            Assert.InRange(teacher.Peer.Sent[1].Packets - viewer.Camera.Packets, 0, 8);
            Assert.InRange(teacher.Peer.Sent[0].Packets - viewer.Voice.Packets, 0, 2);
            Assert.True(viewer.Camera.Frames > 100);
        });
        Assert.Equal(teacher.Peer.Sent[0].Packets + teacher.Peer.Sent[1].Packets, net.Engine.Counters.PacketsRelayed, 10.0);
        Assert.Equal(0, branch.Engine.Counters.PacketsReceived);   // nothing came to its own socket
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void WhoComesLateToTheSecondWorkerStartsFromItsOwnCache(bool isObserver, bool isHeardLate)
    {
        using var net = new VirtualNetwork(seed: 92);
        var teacher = net.Publisher(TrackSource.Camera);
        net.Viewer();
        net.Connect();
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(1));
        var asked = teacher.Peer.Sent[0].KeyFrameRequests;

        net.Branch(isHeardLate: isHeardLate);   // gets the present group of pictures at once
        var late = net.BranchViewer(isObserver);
        net.Connect();
        net.Run(TimeSpan.FromSeconds(1));

        Assert.True(late.Camera.Frames > 25, $"{late.Camera.Frames} frames");
        Assert.Equal(1, late.Camera.KeyFrames);
        Assert.Equal(0, late.Camera.Lost);
        Assert.Equal(asked, teacher.Peer.Sent[0].KeyFrameRequests);
        Assert.Equal(0, net.Drops[DropReason.RelayedForNobody]);
    }

    [Fact]
    public void LossOnEitherSideIsRepaired()
    {
        using var net = new VirtualNetwork(seed: 93);
        var teacher = net.Publisher(TrackSource.Camera);
        net.Branch();
        var student = net.BranchViewer();
        net.Connect();
        net.Loss = 0.05;
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(6));
        net.Loss = 0;
        net.Run(TimeSpan.FromSeconds(2));

        Assert.Equal(0, student.Camera.Lost);
        Assert.True(student.Camera.Recovered > 0);
        Assert.True(net.Engine.Counters.PacketsRecovered > 0);
    }

    [Fact]
    public void APictureThatIsLostThereIsAskedForByTheWorkerThatHasTheTeacher()
    {
        using var net = new VirtualNetwork(seed: 94);
        var teacher = net.Publisher(TrackSource.Camera);
        var branch = net.Branch();
        var student = net.BranchViewer();
        net.Connect();
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(1));
        Assert.All(branch.ToHome.OfType<WantKeyFrame>(), wish => Assert.False(wish.IsRepair));   // to begin with
        branch.ToHome.Clear();
        var asked = teacher.Peer.Sent[0].KeyFrameRequests;
        student.Peer.RequestKeyFrame(student.Camera);
        net.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(asked + 1, teacher.Peer.Sent[0].KeyFrameRequests);
        Assert.Equal(2, student.Camera.KeyFrames);
        Assert.True(Assert.IsType<WantKeyFrame>(Assert.Single(branch.ToHome)).IsRepair);
    }

    [Fact]
    public void AHoleThatTheOtherWorkerCannotFillCallsForAKeyFrame()
    {
        using var net = new VirtualNetwork(seed: 98, new RtcEngineOptions { VideoCachePackets = 64 });
        var teacher = net.Publisher(TrackSource.Camera);
        var branch = net.Branch(ringPackets: 32);
        net.Connect();
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(branch.ToHome, command => command is WantKeyFrame);
        branch.IsStuck = true;
        net.Run(TimeSpan.FromSeconds(2));   // 200 packets: 24 wait in the ring, and most of the others are kept nowhere any more
        branch.IsStuck = false;
        net.Run(TimeSpan.FromMilliseconds(40));
        Assert.False(Assert.IsType<WantKeyFrame>(Assert.Single(branch.ToHome, command => command is WantKeyFrame)).IsRepair);
    }

    [Fact]
    public void AWorkerThatIsTooSlowLosesPicturesNeverVoiceAndIsWholeAgainWhenItCatchesUp()
    {
        using var net = new VirtualNetwork(seed: 95);
        var teacher = net.Publisher(TrackSource.Voice, TrackSource.Camera);
        var branch = net.Branch(ringPackets: 64);
        var student = net.BranchViewer();
        net.Connect();
        teacher.SendVideo();
        teacher.SendVoice();
        net.Run(TimeSpan.FromSeconds(1));
        branch.IsStuck = true;
        net.Run(TimeSpan.FromMilliseconds(600));   // 60 pictures packets and 30 of voice; the ring takes 48 pictures at most
        branch.IsStuck = false;
        net.Run(TimeSpan.FromSeconds(2));

        Assert.True(net.Engine.Counters.PicturePacketsNotRelayed > 0);
        Assert.Equal(0, net.Engine.Counters.VoicePacketsNotRelayed);
        Assert.Equal(0, student.Voice.Lost);
        Assert.Equal(0, student.Camera.Lost);   // asked for again, from the other worker's cache
        Assert.InRange(teacher.Peer.Sent[1].Packets - student.Camera.Packets, 0, 8);
    }

    [Fact]
    public void WhatTheTeacherSwitchesOffIsSeenNowhereAndANewTeacherTakesTheOldOnesPlace()
    {
        using var net = new VirtualNetwork(seed: 96);
        var teacher = net.Publisher(TrackSource.Camera, TrackSource.Screen);
        net.Branch();
        var student = net.BranchViewer();
        net.Connect();
        teacher.SendVideo();
        teacher.SendVideo(TrackSource.Screen);
        net.Run(TimeSpan.FromSeconds(1));
        net.Apply(new SetSources(teacher.Id, [TrackSource.Camera]));
        net.Run(TimeSpan.FromMilliseconds(100));
        var seen = student.Screen.Packets;
        net.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(seen, student.Screen.Packets);
        Assert.True(seen > 0);

        net.Close(teacher);
        var frames = student.Camera.Frames;
        var another = net.Publisher(TrackSource.Camera);
        net.Connect();
        another.SendVideo();
        net.Run(TimeSpan.FromSeconds(1));
        Assert.True(student.Camera.Frames > frames + 20, $"{student.Camera.Frames - frames} frames of the new teacher");
        Assert.Equal(0, student.Camera.Lost);
    }
}
