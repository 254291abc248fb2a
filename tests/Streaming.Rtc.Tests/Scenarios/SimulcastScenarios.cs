using Streaming.Client.Peers;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>A teacher whose camera is sent in three layers, and whose way carries now more of them, now fewer.</summary>
public sealed class SimulcastScenarios
{
    private static readonly string[] Rids = ["l", "m", "h"];
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    public void EachLayerIsKnownByItsNameAndTheLargestIsShown(double loss)
    {
        using var net = new VirtualNetwork(seed: 201);
        var teacher = Teacher(net);
        var student = new Onlooker(net);
        net.Connect();
        teacher.SendVoice();
        teacher.SendVideo(TrackSource.Screen, fps: 5);
        var layers = teacher.SendLayers();
        net.Run(2 * Second);
        teacher.Loss = loss;
        net.Run(6 * Second);
        teacher.Loss = 0;
        net.Run(2 * Second);

        Assert.Equal(layers[2].Size, student.Sizes[^1]);
        Assert.Equal(0, student.Peer.Camera.Lost + student.Peer.Screen.Lost);
        Assert.Equal(0, net.Drops[DropReason.RtpUnknownSsrc]);
        Assert.Equal(
            layers.Select(layer => ((int, string?, Ssrc, PictureSize))(layer.Track.Layer, layer.Track.Rid, layer.Track.Ssrc, layer.Size)),
            net.Events.OfType<PictureSized>().Where(sized => sized.Source == TrackSource.Camera)
                .OrderBy(sized => sized.Layer).Select(sized => (sized.Layer, sized.Rid, sized.Ssrc, sized.Size)));
        Assert.All(layers, layer => Assert.Equal(loss > 0, layer.Track.Resent > 0));
        if (loss > 0)
        {
            Assert.True(net.Engine.Counters.PacketsRecovered > 20, $"{net.Engine.Counters.PacketsRecovered} recovered");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhenTheUpperLayersPauseViewersGoOnWithTheNextAndComeBack(bool isOnBranch)
    {
        using var net = new VirtualNetwork(seed: 202);
        var teacher = Teacher(net);
        net.Branch();
        var student = new Onlooker(net, isOnBranch);
        net.Connect();
        var layers = teacher.SendLayers();
        net.Run(3 * Second);
        Assert.Equal(layers[2].Size, student.Sizes[^1]);

        layers[2].IsPaused = true;
        net.Run(3 * Second);
        Assert.Equal([layers[2].Size, layers[1].Size], student.Sizes[^2..]);
        layers[1].IsPaused = true;
        net.Run(3 * Second);
        Assert.Equal(layers[0].Size, student.Sizes[^1]);
        (layers[1].IsPaused, layers[2].IsPaused) = (false, false);
        net.Run(3 * Second);
        Assert.Equal(layers[2].Size, student.Sizes[^1]);

        Assert.Equal(0, student.Peer.Camera.Lost);
        Assert.InRange(student.LongestGap, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(800));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatNoMemberWantsNeedNotBeSentWhoeverElseWatches(bool isOnBranch)
    {
        using var net = new VirtualNetwork(seed: 208);
        var teacher = Teacher(net);
        net.Branch();
        var student = new Onlooker(net, isOnBranch);
        net.Viewer(isObserver: true);
        net.Connect();
        var layers = teacher.SendLayers();
        net.Run(15 * Second);
        Assert.Empty(net.Events.OfType<CameraWanted>());

        net.Limit(student.Peer, Rung.Slides);
        net.Run(9 * Second);
        Assert.Empty(net.Events.OfType<CameraWanted>());
        net.Run(2 * Second);
        Assert.Equal([new CameraWanted(teacher.Id, 0)], net.Events.OfType<CameraWanted>());
        (layers[1].IsPaused, layers[2].IsPaused) = (true, true);
        net.Run(20 * Second);
        Assert.Single(net.Events.OfType<CameraWanted>());   // the observer has what there is

        net.Limit(student.Peer, Rung.Picture);
        net.Run(Second);
        Assert.Equal([new CameraWanted(teacher.Id, 0), new CameraWanted(teacher.Id, 2)], net.Events.OfType<CameraWanted>());
        (layers[1].IsPaused, layers[2].IsPaused) = (false, false);
        net.Run(3 * Second);
        Assert.Equal(layers[2].Size, student.Sizes[^1]);
    }

    [Fact]
    public void ALayerThatASmallCameraDoesNotHaveIsNotWaitedFor()
    {
        using var net = new VirtualNetwork(seed: 210);
        var teacher = Teacher(net);
        var student = new Onlooker(net);
        net.Connect();
        var layers = teacher.SendLayers();
        layers[2].IsPaused = true;
        net.Run(15 * Second);
        Assert.Empty(net.Events.OfType<CameraWanted>());
        net.Limit(student.Peer, Rung.Sound);
        net.Run(15 * Second);
        Assert.Equal([new CameraWanted(teacher.Id, 0)], net.Events.OfType<CameraWanted>());
    }

    [Fact]
    public void LayersThatCostNothingWhenNobodyLookedAreFoundAgainWhenTheyCostSomething()
    {
        using var net = new VirtualNetwork(seed: 211);
        var teacher = Teacher(net);
        net.Connect();
        var layers = teacher.SendLayers();
        layers[0].IsDark = layers[1].IsDark = layers[2].IsDark = true;
        net.Run(15 * Second);
        Assert.Equal([new CameraWanted(teacher.Id, 0)], net.Events.OfType<CameraWanted>());
        (layers[1].IsPaused, layers[2].IsPaused) = (true, true);
        net.Run(2 * Second);

        layers[0].IsDark = false;
        net.AdaptiveViewer();
        net.Connect();
        net.Run(10 * Second);
        Assert.Equal(2, net.Events.OfType<CameraWanted>().Last().Top);
    }

    [Fact]
    public void ALayerThatDoesNotFitTheTeachersWayIsNotForbidden()
    {
        using var net = new VirtualNetwork(seed: 209);
        var teacher = Teacher(net);
        net.AdaptiveViewer();
        net.Connect();
        var layers = teacher.SendLayers();
        net.Run(5 * Second);
        layers[2].IsPaused = true;
        net.Run(30 * Second);
        Assert.Empty(net.Events.OfType<CameraWanted>());
    }

    [Fact]
    public void AKeyFrameIsAskedOfTheLayerThatIsToBeShownAndOfNoOther()
    {
        using var net = new VirtualNetwork(seed: 203);
        var teacher = Teacher(net);
        var student = new Onlooker(net);
        net.Connect();
        var layers = teacher.SendLayers();
        net.Run(4 * Second);   // the group is longer by now than a member is sent from the cache
        var asked = Asked(layers);
        layers[2].IsPaused = true;
        net.Run(4 * Second);

        Assert.Equal([asked[0], asked[1] + 1, asked[2]], Asked(layers));
        Assert.Equal(layers[1].Size, student.Sizes[^1]);
    }

    [Fact]
    public void NothingIsAskedOfALayerThatIsPaused()
    {
        using var net = new VirtualNetwork(seed: 204);
        var teacher = Teacher(net);
        var student = new Onlooker(net);
        net.Connect();
        var layers = teacher.SendLayers();
        net.Run(2 * Second);
        teacher.Loss = 0.2;   // something is still missing when it pauses
        net.Run(Second);
        (layers[1].IsPaused, layers[2].IsPaused) = (true, true);
        net.Run(Second);
        teacher.Loss = 0;
        net.Run(Second);
        var (asked, again) = (Asked(layers), AskedAgain(layers));
        net.Run(20 * Second);
        Assert.Equal(asked[1..], Asked(layers)[1..]);
        Assert.Equal(again[1..], AskedAgain(layers)[1..]);
        Assert.Equal(layers[0].Size, student.Sizes[^1]);
    }

    [Fact]
    public void WhenNothingComesAtAllNoLayerIsToBlame()
    {
        using var net = new VirtualNetwork(seed: 205);
        var teacher = Teacher(net);
        var student = new Onlooker(net);
        net.Connect();
        var layers = teacher.SendLayers();
        net.Run(3 * Second);
        var seen = student.Sizes.Count;
        teacher.IsUnplugged = true;
        net.Run(5 * Second);
        teacher.IsUnplugged = false;
        net.Run(3 * Second);

        Assert.All(student.Sizes.Skip(seen), size => Assert.Equal(layers[2].Size, size));
        Assert.True(student.SinceLastFrame < TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void ACameraThatIsSwitchedOnAgainBeginsWithTheLayerThatComes()
    {
        using var net = new VirtualNetwork(seed: 206);
        var teacher = Teacher(net);
        var student = new Onlooker(net);
        net.Connect();
        var layers = teacher.SendLayers();
        net.Run(3 * Second);
        net.Apply(new SetSources(teacher.Id, []));
        Array.ForEach([.. layers], layer => layer.IsPaused = true);
        net.Run(3 * Second);
        net.Apply(new SetSources(teacher.Id, [TrackSource.Camera]));
        layers[0].IsPaused = false;
        net.Run(TimeSpan.FromMilliseconds(200));
        Assert.Equal(layers[0].Size, student.Sizes[^1]);
        layers[2].IsPaused = false;
        net.Run(TimeSpan.FromMilliseconds(200));
        Assert.Equal(layers[2].Size, student.Sizes[^1]);
        Assert.Equal(0, student.Peer.Camera.Lost);
    }

    [Fact]
    public void AnInspectorOfLayersChangesNothingThatReachesTheTeacher()
    {
        var without = TeacherHears(observers: 0);
        Assert.Equal(without, TeacherHears(observers: 3));
        Assert.NotEmpty(without);
    }

    [Fact]
    public void APublisherThatNamesLayersAgainAfterARestartIsKnownUnderItsNewNumbers()
    {
        using var net = new VirtualNetwork(seed: 208);
        var first = Teacher(net);
        var student = new Onlooker(net);
        net.Connect();
        first.SendLayers();
        net.Run(2 * Second);
        net.Close(first);
        var second = Teacher(net);
        net.Connect();
        var layers = second.SendLayers();
        net.Run(2 * Second);

        Assert.Equal(layers[2].Size, student.Sizes[^1]);
        Assert.Equal(0, student.Peer.Camera.Lost);
        Assert.True(student.SinceLastFrame < TimeSpan.FromMilliseconds(100));
    }

    private static VirtualPeer Teacher(VirtualNetwork net) => net.Publisher(new HeadlessPeerOptions
    {
        Seed = 7,
        Tracks = [TrackSource.Voice, TrackSource.Camera, TrackSource.Screen],
        CameraLayers = Rids,
        TransportFeedback = true,
    });

    private static long[] Asked(IEnumerable<LayerFeed> layers) => [.. layers.Select(layer => layer.Track.KeyFrameRequests)];

    private static long[] AskedAgain(IEnumerable<LayerFeed> layers) => [.. layers.Select(layer => layer.Track.AskedAgain)];

    private static List<(long At, int Length)> TeacherHears(int observers)
    {
        using var net = new VirtualNetwork(seed: 207);
        var teacher = Teacher(net);
        net.Viewer(new HeadlessPeerOptions { Seed = 6, Pictures = 2, TellsArrivals = false });
        net.Connect();
        teacher.SendVoice();
        var layers = teacher.SendLayers();
        net.Run(3 * Second);
        for (var i = 0; i < observers; i++)
        {
            net.Viewer(new HeadlessPeerOptions { Seed = 100 + i, Pictures = 2, TellsArrivals = false }, isObserver: true);
        }

        net.Run(3 * Second);
        layers[2].IsPaused = true;
        foreach (var peer in net.Peers.Skip(2))
        {
            peer.Peer.RequestKeyFrame(peer.Camera);
        }

        net.Run(3 * Second);
        layers[2].IsPaused = false;
        net.Run(3 * Second);
        return [.. teacher.Heard];
    }

    /// <summary>A student who notes which pictures come, and when.</summary>
    private sealed class Onlooker
    {
        private readonly VirtualNetwork _net;
        private Instant? _last;

        public Onlooker(VirtualNetwork net, bool isOnBranch = false)
        {
            _net = net;
            Peer = net.Viewer(new HeadlessPeerOptions { Seed = 8, Pictures = 2, TellsArrivals = false, OnPacket = Note }, onBranch: isOnBranch);
        }

        public VirtualPeer Peer { get; }

        /// <summary>The size of each key frame.</summary>
        public List<PictureSize> Sizes { get; } = [];

        /// <summary>The longest that it saw no new packet of a picture.</summary>
        public TimeSpan LongestGap { get; private set; }

        public TimeSpan SinceLastFrame => _net.Now - _last!.Value;

        private void Note(ReceivedTrack track, Instant now, in ReceivedPacket packet)
        {
            if (track != Peer.Camera)
            {
                return;
            }

            if (_last is { } last && now - last > LongestGap)
            {
                LongestGap = now - last;
            }

            _last = now;
            if (PictureSize.TryRead(Codec.Vp8, packet.Payload, out var size))
            {
                Sizes.Add(size);
            }
        }
    }
}
