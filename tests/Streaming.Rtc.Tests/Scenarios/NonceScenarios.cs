using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>Never the same nonce twice, whatever a lesson does.</summary>
/// <remarks>
/// The network looks at every packet that leaves, and fails the scenario at the second one of an index. In a build that records nonces
/// (Debug, or <c>-p:RecordNonces=true</c>) the ciphers of both sides look as well, at what they really encrypt under, RTCP included.
/// </remarks>
public sealed class NonceScenarios
{
    [Fact]
    public void ALongLessonWithLossResendsSwitchesAndReturnsUsesEachNonceOnce()
    {
        using var net = new VirtualNetwork(seed: 81) { Jitter = TimeSpan.FromMilliseconds(15) };
        var teacher = Begin(net);
        var (student, player, inspector) = (net.Viewer(), net.Viewer(pictures: 1), net.Viewer(isObserver: true));
        net.Connect();
        for (var minute = 0; minute < 4; minute++)
        {
            net.Loss = 0.02;
            net.Run(TimeSpan.FromSeconds(6));
            net.Apply(new SetSources(teacher.Id, [TrackSource.Voice, TrackSource.Camera, TrackSource.Screen]));   // one picture's slot changes its source
            net.Run(TimeSpan.FromSeconds(4));
            net.Apply(new SetSources(teacher.Id, [TrackSource.Voice, TrackSource.Camera]));
            net.Run(TimeSpan.FromSeconds(4));

            // The teacher's page is loaded again: another source, with numbers of its own, goes on in the same slots.
            net.Loss = 0;
            net.Close(teacher);
            net.Run(TimeSpan.FromSeconds(1));
            teacher = Begin(net);
            net.Connect();
        }

        net.Run(TimeSpan.FromSeconds(6));
        var rolledOver = net.Highest.Where(stream => stream.Value >= 1 << 16).Select(stream => stream.Key.To).ToHashSet();
        Assert.All([student, player, inspector], viewer => Assert.Contains(viewer.Address, rolledOver));
        Assert.True(net.Engine.Counters.Members.PacketsResent > 1_000, $"{net.Engine.Counters.Members.PacketsResent} resent");
        Assert.True(net.Engine.Counters.PacketsRecovered > 1_000, $"{net.Engine.Counters.PacketsRecovered} recovered");
        Assert.All([student, player, inspector], viewer => Assert.True(viewer.Camera.KeyFrames >= 5, $"{viewer.Camera.KeyFrames} key frames"));
    }

    // Two thousand camera packets a second: a slot's numbers begin again within the lesson.
    private static VirtualPeer Begin(VirtualNetwork net)
    {
        var teacher = net.Publisher(TrackSource.Voice, TrackSource.Camera, TrackSource.Screen);
        net.Apply(new SetSources(teacher.Id, [TrackSource.Voice, TrackSource.Camera]));
        teacher.SendVideo(TrackSource.Camera, fps: 50, packetsPerFrame: 40, size: 60);
        teacher.SendVideo(TrackSource.Screen, fps: 5, packetsPerFrame: 4, size: 60);
        teacher.SendVoice();
        return teacher;
    }
}
