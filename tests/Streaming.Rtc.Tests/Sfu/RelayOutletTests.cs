using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

/// <summary>What the worker with the publisher hands over to others.</summary>
public sealed class RelayOutletTests
{
    private static readonly Ssrc Camera = new(1_000);
    private readonly EngineRig _rig = new();
    private readonly RelayRing _asking = new(16);
    private readonly RelayRing _other = new(16);
    private long _life;

    [Fact]
    public void PacketsThatAreAskedForAgainGoToWhoAskedAlone()
    {
        Publish(3);
        Assert.Equal([1, 2, 3], Take(_asking));
        Assert.Equal([1, 2, 3], Take(_other));

        _rig.Apply(new RelayAgain(_rig.Room, _asking, _life, [new SequenceNumber(2), new SequenceNumber(3)]));
        Assert.Equal([2, 3], Take(_asking));
        Assert.Empty(Take(_other));
    }

    [Fact]
    public void OldPacketsTakeNoPlaceOfNewOnesInARingThatIsHalfFull()
    {
        Publish(8);
        _rig.Apply(new RelayAgain(_rig.Room, _asking, _life, [new SequenceNumber(2)]));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Take(_asking));

        _rig.Apply(new RelayAgain(_rig.Room, _asking, _life, [new SequenceNumber(2)]));
        Assert.Equal([2], Take(_asking));
    }

    [Fact]
    public void WhoIsNoBranchAnyMoreGetsNothing()
    {
        Publish(1);
        Take(_asking);
        _rig.Apply(new RemoveBranch(_rig.Room, _asking));
        _rig.Apply(new RelayAgain(_rig.Room, _asking, _life, [new SequenceNumber(1)]));
        Assert.Empty(Take(_asking));
    }

    [Theory]
    [InlineData(true, 9, 11)]    // one in four seconds, however many workers have lost decoders
    [InlineData(false, 70, 81)]  // who has no picture yet is not made to wait
    public void LostDecodersOfAllWorkersWaitTogether(bool isRepair, int least, int most)
    {
        var teacher = Publish(1);
        ushort number = 2;
        Wish(seconds: 20);
        var asked = _rig.Engine.Counters.KeyFramesRequested;
        Wish(seconds: 40);
        Assert.InRange(_rig.Engine.Counters.KeyFramesRequested - asked, least, most);

        void Wish(int seconds)
        {
            for (var i = 0; i < seconds * 10; i++)
            {
                var before = _rig.Engine.Counters.KeyFramesRequested;
                _rig.Now += TimeSpan.FromMilliseconds(100);
                _rig.Check(teacher, teacher.Address);   // or its consent would expire
                _rig.Apply(new WantKeyFrame(_rig.Room, _life, isRepair));
                _rig.Tick();
                if (_rig.Engine.Counters.KeyFramesRequested > before)
                {
                    _rig.SendRtp(teacher, Camera, number++, [0x10, 0, 0, 0]);
                }

                Take(_asking);
                Take(_other);
            }
        }
    }

    private static List<int> Take(RelayRing ring)
    {
        List<int> numbers = [];
        while (ring.TryPeek(out _, out var packet))
        {
            numbers.Add(packet.SequenceNumber.Value);
            ring.Advance();
        }

        return numbers;
    }

    private RigPeer Publish(int packets)
    {
        var teacher = _rig.Publisher(1, Camera);
        _rig.Apply(new AddBranch(_rig.Room, _asking, command => _life = command is RelaySources sources ? sources.Sources[0].Stream : _life, () => { }));
        _rig.Apply(new AddBranch(_rig.Room, _other, _ => { }, () => { }));
        for (ushort number = 1; number <= packets; number++)
        {
            _rig.SendRtp(teacher, Camera, number, [0x10, 1, 0, 0]);
        }

        return teacher;
    }
}
