using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Tests.Sfu;

namespace Streaming.Rtc.Tests.Net;

/// <summary>One peer at whose turn something throws is closed; the lesson of all others goes on, and no packet of it is lost.</summary>
public sealed class GuardedEngineTests
{
    private const int Packets = 40;   // more than a run takes: the fan-out begins while the round's packets still come
    private static readonly Ssrc Camera = new(1_000);
    private static readonly Ssrc Screen = new(2_000);
    private static readonly byte[] KeyFrame = [0x10, 0, 0, 0];   // VP8: the first packet of one
    private static readonly byte[] Picture = [0x10, 1, 0, 0];
    private readonly EngineRig _rig = new(isGuarded: true);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void AWatchersFaultInTheMidstOfARoundIsThatWatchersAlone(int faulty)
    {
        var teacher = _rig.Publisher(1, Camera);
        var students = Students(5);
        _rig.SendRtp(teacher, Camera, 0, KeyFrame);
        Break(students[faulty]);
        _rig.Round(() =>
        {
            for (ushort number = 1; number <= Packets; number++)
            {
                _rig.SendRtp(teacher, Camera, number, Picture);
            }
        });
        _rig.SendRtp(teacher, Camera, Packets + 1, Picture);

        Assert.Equal([new TransportClosed(students[faulty].Id, CloseReason.InternalError)], _rig.Events());
        Assert.Equal(1, _rig.Engine.Drops[DropReason.InternalError]);
        students.RemoveAt(faulty);
        Assert.All(students, student => AssertHasAll(student, 1 + Packets + 1));
    }

    [Fact]
    public void AWatcherWhoseSlotCannotBeFilledIsNotTheFaultOfThePublisherWhoSwitchesOff()
    {
        var teacher = _rig.Publisher(1, Camera, Screen);
        var students = Students(3);
        _rig.SendRtp(teacher, Camera, 0, KeyFrame);
        _rig.SendRtp(teacher, Screen, 0, KeyFrame);
        Break(students[1]);
        _rig.Apply(new SetSources(teacher.Id, [TrackSource.Camera]));   // the camera takes the screen's place, from the cache
        _rig.SendRtp(teacher, Screen, 1, Picture);
        _rig.SendRtp(teacher, Camera, 1, Picture);

        Assert.Equal([new TransportClosed(students[1].Id, CloseReason.InternalError)], _rig.Events());
        students.RemoveAt(1);
        Assert.All(students, student => AssertHasAll(student, 3));   // of the screen one, of the camera both
    }

    [Fact]
    public void WhatIsSwitchedOffIsOffAlsoWhenAWatchersTurnThrewMeanwhile()
    {
        var teacher = _rig.Publisher(1, Camera);
        var students = Students(3);
        _rig.SendRtp(teacher, Camera, 0, KeyFrame);
        Break(students[1]);
        _rig.Round(() =>
        {
            _rig.SendRtp(teacher, Camera, 1, Picture);
            _rig.Apply(new SetSources(teacher.Id, []));   // sends first what came before
            _rig.SendRtp(teacher, Camera, 2, Picture);
        });

        Assert.Equal([new TransportClosed(students[1].Id, CloseReason.InternalError)], _rig.Events());
        students.RemoveAt(1);
        Assert.All(students, student => AssertHasAll(student, 2));
    }

    [Fact]
    public void AFaultOfNobodysEndsTheRoundAndIsNotThatOfWhoSentLast()
    {
        var teacher = _rig.Publisher(1, Camera);
        var student = Students(1)[0];
        var faults = 0;
        _rig.Apply(new AddBranch(_rig.Room, new RelayRing(8), _ => { }, () =>
        {
            if (faults is > 0 and < 100)
            {
                faults++;
                throw new InvalidOperationException("Asked for by the test.");
            }
        }));
        faults = 1;
        _rig.SendRtp(teacher, Camera, 0, KeyFrame);
        Assert.Equal(2, faults);
        faults = 0;
        _rig.SendRtp(teacher, Camera, 1, Picture);

        Assert.Empty(_rig.Events());
        AssertHasAll(student, 2);
    }

    private static List<int> Unbroken(List<int> numbers) => [.. Enumerable.Range(numbers[0], numbers.Count)];

    private void AssertHasAll(RigPeer student, int packets)
    {
        var numbers = _rig.NumbersTo(student);
        Assert.Equal(packets, numbers.Count);
        Assert.Equal(Unbroken(numbers), numbers);
    }

    private List<RigPeer> Students(int count)
    {
        List<RigPeer> students = [.. Enumerable.Range(2, count).Select(id => _rig.Watcher(id))];
        _rig.Events();
        return students;
    }

    /// <summary>From now on whatever is sent to it throws.</summary>
    private static void Break(RigPeer student) => student.Session.Dispose();
}
