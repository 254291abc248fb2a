using System.Buffers.Binary;
using Streaming.Client.Peers;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>How what was lost comes back, on long ways and at awkward places.</summary>
public sealed class RepairScenarios
{
    [Fact]
    public void OnALongWayEachLostPacketIsSentAgainOnce()
    {
        using var net = new VirtualNetwork(seed: 71) { Delay = TimeSpan.FromMilliseconds(200) };
        var teacher = net.Publisher(TrackSource.Camera);
        var student = net.Viewer();
        net.Connect();
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(4));   // until reports have told the round trip
        student.Loss = 0.03;
        net.Run(TimeSpan.FromSeconds(10));
        student.Loss = 0;
        net.Run(TimeSpan.FromSeconds(3));

        var camera = student.Camera;
        Assert.Equal(0, camera.Lost);
        Assert.True(camera.Recovered > 10);
        Assert.True(camera.Duplicates <= camera.Recovered / 4, $"{camera.Duplicates} duplicates beside {camera.Recovered} recovered");
    }

    [Fact]
    public void ATeacherFarAwayIsAskedForPacketsNotForKeyFrames()
    {
        using var net = new VirtualNetwork(seed: 72) { Delay = TimeSpan.FromMilliseconds(300) };
        var teacher = net.Publisher(TrackSource.Camera);
        var student = net.Viewer();
        net.Connect();
        teacher.SendVideo(packetsPerFrame: 2);   // the group stays smaller than the cache
        net.Run(TimeSpan.FromSeconds(3));
        var asked = net.Engine.Counters.KeyFramesRequested;
        net.Loses = EveryFiftieth(teacher);
        net.Run(TimeSpan.FromSeconds(15));
        net.Loses = null;
        net.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(0, student.Camera.Lost);
        Assert.True(net.Engine.Counters.PacketsRecovered > 10);
        Assert.Equal(asked, net.Engine.Counters.KeyFramesRequested);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ParameterSetsThatComeLateStillReachEverybody(int lost)
    {
        using var net = new VirtualNetwork(seed: 73);
        var format = new MediaFormat(Codec.H264, "42e0/1");
        var teacher = net.Publisher(new HeadlessPeerOptions { Seed = 1, Tracks = [TrackSource.Camera], VideoFormat = format });
        var early = new FirstPicture(net, format);
        net.Connect();
        teacher.Send(new MadeH264Feed(teacher.Peer.Sent[0]));
        net.Run(TimeSpan.FromMilliseconds(20));
        var first = lost;   // of the parameter sets, the picture parameters, the picture's first fragment
        net.Loses = (from, _, datagram) => from == teacher.Address && IsRtp(datagram) && first-- > 0;
        net.Run(TimeSpan.FromMilliseconds(70));
        var late = new FirstPicture(net, format);
        net.Connect();
        net.Run(TimeSpan.FromSeconds(2));

        Assert.Equal([7, 8, 28, 28, 1], early.Units.Take(5));
        Assert.Equal([7, 8, 28, 28, 1], late.Units.Take(5));
        Assert.Equal(0, early.Peer.Camera.Lost + late.Peer.Camera.Lost);
        Assert.Equal(0, early.Peer.Camera.KeyFrameRequests + late.Peer.Camera.KeyFrameRequests);
    }

    [Fact]
    public void WhenParameterSetsNeverComeEverybodyWaitsForTheNextKeyFrame()
    {
        using var net = new VirtualNetwork(seed: 74);
        var format = new MediaFormat(Codec.H264, "42e0/1");
        var teacher = net.Publisher(new HeadlessPeerOptions { Seed = 1, Tracks = [TrackSource.Camera], VideoFormat = format, Retransmission = false });
        var student = new FirstPicture(net, format);
        net.Connect();
        teacher.Send(new MadeH264Feed(teacher.Peer.Sent[0]));
        net.Run(TimeSpan.FromMilliseconds(20));
        var first = 1;
        net.Loses = (from, _, datagram) => from == teacher.Address && IsRtp(datagram) && first-- > 0;
        net.Run(TimeSpan.FromSeconds(4));
        Assert.Contains(7, student.Units);
        Assert.True(student.Peer.Camera.Frames > 20);
    }

    [Fact]
    public void PaddingBetweenPicturesIsNoGapForAnybody()
    {
        using var net = new VirtualNetwork(seed: 75);
        var teacher = net.Publisher(TrackSource.Camera);
        var student = net.Viewer();
        net.Connect();
        teacher.SendVideo();
        for (var i = 0; i < 100; i++)
        {
            net.Run(TimeSpan.FromMilliseconds(37));
            teacher.Peer.Sent[0].Send(net.Now, [], teacher.Peer.Sent[0].LastTimestamp, marker: false);
            if (i == 40)
            {
                net.Viewer(isObserver: true);
            }
        }

        net.Run(TimeSpan.FromSeconds(1));
        Assert.All([student, net.Peers[2]], viewer =>
        {
            Assert.True(viewer.Camera.Frames > 50);
            Assert.Equal((0, 0), (viewer.Camera.Lost, viewer.Camera.AskedAgain));
        });
    }

    [Fact]
    public void PaddingThatWasLostIsAskedForOnce()
    {
        using var net = new VirtualNetwork(seed: 76);
        var teacher = net.Publisher(TrackSource.Camera);
        net.Connect();
        teacher.SendVideo();
        net.Run(TimeSpan.FromSeconds(1));
        var camera = teacher.Peer.Sent[0];
        var lose = true;
        net.Loses = (from, _, datagram) => from == teacher.Address && IsRtp(datagram) && lose && !(lose = false);
        camera.Send(net.Now, [], camera.LastTimestamp, marker: false);
        net.Run(TimeSpan.FromSeconds(3));
        Assert.False(lose);
        Assert.Equal(1, camera.AskedAgain);
    }

    private static Func<TransportAddress, TransportAddress, byte[], bool> EveryFiftieth(VirtualPeer from)
    {
        var seen = 0;
        return (sender, _, datagram) => sender == from.Address && IsRtp(datagram) && ++seen % 50 == 0;
    }

    private static bool IsRtp(byte[] datagram) => datagram is [>= 128 and < 192, (< 192 or >= 224), ..];

    /// <summary>A student who notes the kinds of H.264 units by the order of their numbers.</summary>
    private sealed class FirstPicture
    {
        private readonly SortedList<long, int> _units = [];

        public FirstPicture(VirtualNetwork net, MediaFormat format) => Peer = net.Viewer(new HeadlessPeerOptions
        {
            Seed = 2,
            Pictures = 2,
            WatchFormats = [format],
            OnPacket = Note,
        });

        public VirtualPeer Peer { get; }

        public IEnumerable<int> Units => _units.Values;

        private void Note(ReceivedTrack track, Instant now, in ReceivedPacket packet) => _units[packet.Index] = packet.Payload[0] & 0x1F;
    }

    /// <summary>H.264 as a browser packs it: parameter sets, then the picture in fragments; one packet for each picture in between.</summary>
    private sealed class MadeH264Feed(SentTrack track) : IMediaFeed
    {
        private static readonly byte[][] KeyFrame = [[0x67, 1, 2, 3], [0x68, 1, 2], [0x7C, 0x85, 1, 2, 3], [0x7C, 0x45, 1, 2, 3]];
        private static readonly byte[][] Picture = [[0x41, 1, 2, 3]];
        private uint _timestamp;
        private long _requests;

        public Instant NextTick { get; private set; } = Instant.LongAgo;

        public void Tick(Instant now)
        {
            NextTick = now + TimeSpan.FromMilliseconds(40);
            var units = _timestamp == 3_600 || track.KeyFrameRequests != _requests ? KeyFrame : Picture;
            _requests = track.KeyFrameRequests;
            _timestamp += 3_600;
            for (var i = 0; i < units.Length; i++)
            {
                track.Send(now, units[i], _timestamp, marker: i == units.Length - 1);
            }
        }
    }
}
