using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

/// <summary>What one worker reads of what another hands over, and when.</summary>
public sealed class RelayInletTests
{
    private const long Life = 7;
    private static readonly byte[] KeyFrame = [0x10, 0, 0, 0];   // VP8: the first packet of one
    private static readonly byte[] Picture = [0x10, 1, 0, 0];
    private readonly RelayRing _ring = new();
    private ushort _number;

    [Fact]
    public void AClassThatComesFasterThanItCanBeSentOnLeavesTheRoundAfterItsShare()
    {
        var rig = Branch();
        var students = Enumerable.Range(2, 8).Select(id => rig.Watcher(id)).ToList();   // a full run for all of them fills the batch
        Write(KeyFrame);
        rig.ReceiveRelayed();
        rig.OnSend = () => Write(Picture, packets: _number < 5_000 ? 64 : 0);   // the other worker goes on meanwhile
        Write(Picture, packets: 200);
        rig.ReceiveRelayed();
        Assert.Equal(1 + RelayInlet.MostPackets, rig.NumbersTo(students[0]).Count);
        Assert.True(rig.Engine.HasRelayed);   // so that the next round comes at once

        rig.OnSend = null;
        for (var round = 0; round < 20 && rig.Engine.HasRelayed; round++)
        {
            rig.ReceiveRelayed();
        }

        Assert.All(students, student =>
        {
            var numbers = rig.NumbersTo(student);
            Assert.Equal(Enumerable.Range(numbers[0], _number), numbers);
        });
    }

    [Fact]
    public void WhatIsHandedOverAfterTheLookWaitsForTheCommandThatSaysWhoseItIs()
    {
        var rig = Branch();
        var student = rig.Watcher(2);
        Write(KeyFrame);
        rig.ReceiveRelayed();

        // The publisher begins a new stream while this worker is in its round: the command comes too late for it.
        rig.ReceiveRelayed(() => Write(KeyFrame, Life + 1));
        Assert.Single(rig.NumbersTo(student));
        rig.ReceiveRelayed(() => rig.Apply(Sources(rig, Life + 1)));
        Assert.Equal(2, rig.NumbersTo(student).Count);
        Assert.Equal(0, rig.Engine.Drops[DropReason.RelayedForNobody]);
    }

    [Fact]
    public void PacketsOfALifeThatIsOverAreCounted()
    {
        var rig = Branch();
        var student = rig.Watcher(2);
        Write(KeyFrame, Life - 1, packets: 3);
        Write(KeyFrame);
        rig.ReceiveRelayed();
        Assert.Equal(3, rig.Engine.Drops[DropReason.RelayedForNobody]);
        Assert.Single(rig.NumbersTo(student));
        Assert.False(rig.Engine.HasRelayed);
    }

    [Fact]
    public void AWatchersFaultThereIsThatWatchersAloneAndAtOnce()
    {
        var rig = Branch(isGuarded: true);
        var students = Enumerable.Range(2, 4).Select(id => rig.Watcher(id)).ToList();
        Write(KeyFrame);
        rig.ReceiveRelayed();
        rig.Events();
        students[1].Session.Dispose();   // from now on whatever is sent to it throws
        Write(Picture, packets: PacketRun.Capacity + 8);
        rig.ReceiveRelayed();
        Assert.Equal([new TransportClosed(students[1].Id, CloseReason.InternalError)], rig.Events());

        rig.ReceiveRelayed();
        students.RemoveAt(1);
        Assert.All(students, student => Assert.Equal(1 + PacketRun.Capacity + 8, rig.NumbersTo(student).Count));
        Assert.Equal(1, rig.Engine.Drops[DropReason.InternalError]);
    }

    private static RelaySources Sources(EngineRig rig, long life) =>
        new(rig.Room, [new RelayedSource(life, TrackSource.Camera, Layer: 0, EngineRig.Formats, IsOn: true)]);

    private EngineRig Branch(bool isGuarded = false)
    {
        var rig = new EngineRig(isGuarded);
        rig.Apply(new AddInlet(rig.Room, _ring, _ => { }));
        rig.Apply(Sources(rig, Life));
        return rig;
    }

    private void Write(byte[] payload, long life = Life, int packets = 1)
    {
        for (var i = 0; i < packets; i++)
        {
            Assert.True(_ring.TryWrite(life, TrackSource.Camera, new MediaPacket
            {
                SequenceNumber = new SequenceNumber(_number), Timestamp = 90u * _number, Marker = true, Format = 0,
                StartsKeyFrame = payload == KeyFrame, Payload = payload, Padded = payload,
            }));
            _number++;
        }
    }
}
