using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

/// <summary>What comes within one round, and leaves as one run.</summary>
public sealed class RunScenarios
{
    private static readonly Ssrc Camera = new(1_000);
    private static readonly byte[] KeyFrame = [0x10, 0, 0, 0];   // VP8: the first packet of one
    private static readonly byte[] Picture = [0x10, 1, 0, 0];

    [Fact]
    public void APictureIsOpenUntilItsLastPacketHasCome()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        rig.Watcher(2);
        Assert.False(rig.Engine.IsPictureOpen);
        rig.Round(() =>
        {
            rig.SendRtp(teacher, Camera, 9, KeyFrame, marker: false);
            Assert.True(rig.Engine.IsPictureOpen);
            rig.SendRtp(teacher, Camera, 11, Picture);
            Assert.False(rig.Engine.IsPictureOpen);
            rig.SendRtp(teacher, Camera, 10, Picture, marker: false);   // late: the picture's end is there already
            Assert.False(rig.Engine.IsPictureOpen);
            rig.SendRtp(teacher, Camera, 12, Picture, marker: false);
            rig.SendRtp(teacher, Camera, 13, []);   // probes the link
            Assert.False(rig.Engine.IsPictureOpen);
            rig.SendRtp(teacher, Camera, 14, Picture, marker: false);
        });
        Assert.False(rig.Engine.IsPictureOpen);   // it has left
    }

    [Fact]
    public void AFirstKeyFrameWhosePacketsOvertookEachOtherIsWholeForWhoeverWaits()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        RigPeer[] students = [rig.Watcher(2), rig.Watcher(3)];
        rig.SendRtp(teacher, Camera, 9, Picture);
        rig.Apply(new SetSources(teacher.Id, []));
        rig.Apply(new SetSources(teacher.Id, [TrackSource.Camera]));   // nothing of before is left to start from
        rig.Round(() =>
        {
            rig.SendRtp(teacher, Camera, 11, Picture);
            rig.SendRtp(teacher, Camera, 10, KeyFrame);
            rig.SendRtp(teacher, Camera, 12, Picture);
        });
        rig.SendRtp(teacher, Camera, 13, Picture);

        Assert.All(students, student =>
        {
            var numbers = rig.NumbersTo(student);
            Assert.Equal(Enumerable.Range(numbers[0], 4), numbers);
        });
        Assert.Equal(0, rig.Engine.Drops[DropReason.NumberUsedTwice]);
    }

    [Fact]
    public void AnObserversLostPictureChangesNoPacketAndNoMessageOfAMembers()
    {
        var (without, seen) = Lesson(isPictureLost: false);
        var (with, seenAnew) = Lesson(isPictureLost: true);
        Assert.Equal(without, with);
        Assert.Equal(Enumerable.Range(seen[0], 4), seen);
        Assert.Equal(Enumerable.Range(seenAnew[0], 5), seenAnew);   // the key frame once more

        static (List<string> Members, List<int> Observer) Lesson(bool isPictureLost)
        {
            var rig = new EngineRig { IsSegmenting = true };
            var teacher = rig.Publisher(1, Camera);
            RigPeer[] members = [rig.Watcher(2), rig.Watcher(4)];
            var observer = rig.Watcher(3, isObserver: true);
            rig.SendRtp(teacher, Camera, 10, [.. KeyFrame, .. new byte[996]]);
            rig.Now += TimeSpan.FromSeconds(1);
            rig.Tick();
            rig.Round(() =>
            {
                rig.SendRtp(teacher, Camera, 11, [.. Picture, .. new byte[990]]);
                if (isPictureLost)
                {
                    rig.SendPli(observer, new Ssrc(1));
                }

                rig.SendRtp(teacher, Camera, 12, [.. Picture, .. new byte[1_000]]);
            });
            rig.Now += TimeSpan.FromMilliseconds(20);
            rig.Tick();
            rig.SendRtp(teacher, Camera, 13, [.. Picture, .. new byte[996]]);
            var messages = rig.Messages.Where(message => message.To != observer.Address && message.To != teacher.Address)
                .Select(message => $"{message.To} {string.Join(' ', message.Lengths)}");
            return ([.. messages, .. members.SelectMany(rig.PacketsTo)], rig.NumbersTo(observer));
        }
    }

    [Fact]
    public void APictureLeavesAsOneMessageOfEqualPacketsAlsoToViewersWhosePacketsAreNumberedAndPaced()
    {
        const byte extension = 3;
        var rig = new EngineRig { IsSegmenting = true };
        var teacher = rig.Publisher(1, Camera);
        RigPeer[] students = [rig.Watcher(2, numbers: extension), rig.Watcher(3), rig.Watcher(4, numbers: extension)];
        rig.Now += TimeSpan.FromMilliseconds(40);
        rig.SendRtp(teacher, Camera, 9, [.. KeyFrame, .. new byte[800]]);
        for (var picture = 0; picture < 3; picture++)
        {
            rig.Now += TimeSpan.FromMilliseconds(40);
            rig.Messages.Clear();
            rig.Sent.Clear();
            var first = (ushort)(10 + (3 * picture));
            rig.Round(() =>
            {
                rig.SendRtp(teacher, Camera, first, [.. Picture, .. new byte[1_000]], marker: false);
                rig.SendRtp(teacher, Camera, (ushort)(first + 1), [.. Picture, .. new byte[999]], marker: false);
                rig.SendRtp(teacher, Camera, (ushort)(first + 2), [.. Picture, .. new byte[1_001]]);
            });

            Assert.Equal(students.Select(student => student.Address), rig.Messages.Select(message => message.To));
            var plain = RtpWriter.HeaderLength + 1_005 + 16;
            var numbered = plain + TransportNumber.HeaderLength - RtpWriter.HeaderLength;
            Assert.Equal([[numbered, numbered, numbered], [plain, plain, plain], [numbered, numbered, numbered]], rig.Messages.Select(message => message.Lengths));
            Assert.All([students[0], students[2]], student => Assert.Equal(Enumerable.Range((3 * picture) + 1, 3), Numbers(student)));
        }

        List<int> Numbers(RigPeer student)
        {
            List<int> numbers = [];
            foreach (var (_, datagram) in rig.Sent.Where(sent => sent.To == student.Address))
            {
                Assert.True(RtpReader.TryReadHeader(datagram, out var header));
                Assert.True(TransportNumber.TryRead(header, extension, out var number));
                numbers.Add(number.Value);
            }

            return numbers;
        }
    }

    [Fact]
    public void AnObserverWhosePictureIsLostWhileNothingComesGetsItWithTheNextTick()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        var observer = rig.Watcher(3, isObserver: true);
        rig.SendRtp(teacher, Camera, 10, KeyFrame);
        rig.SendRtp(teacher, Camera, 11, Picture);
        rig.SendPli(observer, new Ssrc(1));
        Assert.Equal(2, rig.NumbersTo(observer).Count);

        rig.Now += TimeSpan.FromMilliseconds(20);
        rig.Tick();
        var numbers = rig.NumbersTo(observer);
        Assert.Equal(Enumerable.Range(numbers[0], 4), numbers);
        rig.SendRtp(teacher, Camera, 12, Picture);
        Assert.Equal(5, rig.NumbersTo(observer).Count);
        Assert.Equal(0, rig.Engine.Counters.KeyFramesRequested);
    }

    [Fact]
    public void AKeyFrameThatBeginsWithAnOversizedPacketIsNone()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        rig.Watcher(2);
        rig.SendRtp(teacher, Camera, 1, Picture);
        rig.Tick();
        Assert.Equal(1, rig.Engine.Counters.KeyFramesRequested);

        rig.SendRtp(teacher, Camera, 2, [.. KeyFrame, .. new byte[PacketCache.SlotSize]]);
        Assert.Equal(1, rig.Engine.Drops[DropReason.Oversized]);
        rig.Now += TimeSpan.FromSeconds(1);
        rig.Tick();
        Assert.Equal(2, rig.Engine.Counters.KeyFramesRequested);
    }
}
