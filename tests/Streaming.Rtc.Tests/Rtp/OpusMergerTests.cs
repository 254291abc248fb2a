using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class OpusMergerTests
{
    private static readonly OpusToc Silk = OpusSamples.Toc(OpusSamples.Silk20);

    [Fact]
    public void ThreePacketsOf20MillisecondsBecomeOne()
    {
        var stream = new MergedStream();
        stream.Send(Silk, 59);
        stream.Send(Silk, 60);
        Assert.Empty(stream.Out);
        stream.Send(Silk, 61);

        var merged = Assert.Single(stream.Out);
        Assert.Equal((7, 1_000u, 2_880), (merged.Number, merged.Timestamp, merged.Samples));
        Assert.Equal(4 + 59 + 60 + 61, merged.Payload.Length);   // TOC, frame count, two lengths
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void FramesOfOneSizeNeedNoLengths()
    {
        var stream = new MergedStream();
        stream.SendMany(3, Silk, 59);
        Assert.Equal(2 + (3 * 59), Assert.Single(stream.Out).Payload.Length);
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void NumbersFollowEachOtherAndTimestampsAreTheFirstFrames()
    {
        var stream = new MergedStream(number: 65_535, timestamp: uint.MaxValue - 3_000);
        stream.SendMany(30, Silk, 59);
        Assert.Equal(Enumerable.Range(7, 10), stream.Out.Select(packet => (int)packet.Number));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => unchecked(uint.MaxValue - 3_000 + (uint)(i * 2_880))), stream.Out.Select(packet => packet.Timestamp));
        stream.AssertAllFramesAreThere();
    }

    [Theory]
    [InlineData(0, 10, 6)]     // SILK
    [InlineData(1, 20, 3)]
    [InlineData(2, 40, 1)]     // two would be more than 60 ms
    [InlineData(3, 60, 1)]
    [InlineData(12, 10, 6)]    // hybrid
    [InlineData(15, 20, 3)]
    [InlineData(16, 2.5, 24)]  // CELT
    [InlineData(17, 5, 12)]
    [InlineData(30, 10, 6)]
    [InlineData(31, 20, 3)]
    public void AsManyAreJoinedAsMake60Milliseconds(int configuration, double milliseconds, int frames)
    {
        foreach (var isStereo in new[] { false, true })
        {
            var stream = new MergedStream();
            stream.SendMany(frames * 4, OpusSamples.Toc(configuration, isStereo), 30);
            Assert.All(stream.Out, packet => Assert.Equal((frames, (int)(frames * milliseconds * 48)), (packet.Frames, packet.Samples)));
            Assert.Equal(4, stream.Out.Count);
            stream.AssertAllFramesAreThere();
        }
    }

    [Fact]
    public void WhatIsJoinedAlreadyPassesAtOnce()
    {
        var stream = new MergedStream();
        byte[][] frames = [OpusSamples.Frame(30, 1), OpusSamples.Frame(31, 2), OpusSamples.Frame(32, 3), OpusSamples.Frame(33, 4)];
        stream.Send(OpusSamples.Variable(Silk, frames));               // 80 ms
        stream.Send(OpusSamples.Variable(Silk, frames[..3]));          // 60 ms
        stream.Send(OpusSamples.Variable(Silk, [.. frames, .. frames[..2]]));   // 120 ms
        Assert.Equal([4, 3, 6], stream.Out.Select(packet => packet.Frames));
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void PacketsOfEveryCodeAreJoined()
    {
        var stream = new MergedStream(samples: OpusPacket.MostSamples);
        stream.Send(OpusSamples.TwoEqual(Silk, OpusSamples.Frame(41, 1), OpusSamples.Frame(41, 2)));
        stream.Send(OpusSamples.Two(Silk, OpusSamples.Frame(300), OpusSamples.Frame(43)));
        stream.Send(OpusSamples.Constant(Silk, [OpusSamples.Frame(44)], padding: 300));
        stream.Send(OpusSamples.One(Silk, OpusSamples.Frame(40)));
        Assert.Equal(6, Assert.Single(stream.Out).Frames);
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void PaddingIsLeftOut()
    {
        var stream = new MergedStream();
        stream.Send(OpusSamples.Constant(OpusSamples.Toc(3), [OpusSamples.Frame(100)], padding: 500));   // 60 ms
        Assert.Equal(101, Assert.Single(stream.Out).Payload.Length);
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void SilenceOfOneByteIsJoinedLikeSpeech()
    {
        var stream = new MergedStream();
        stream.Send(Silk, 59);
        stream.Send(Silk, 0);
        stream.Send(Silk, 0);
        Assert.Equal(4 + 59, Assert.Single(stream.Out).Payload.Length);

        stream.SendMany(3, Silk, 0);
        Assert.Equal(2, stream.Out[1].Payload.Length);
        stream.AssertAllFramesAreThere();
    }

    [Theory]
    [InlineData(OpusSamples.Celt20, false)]
    [InlineData(OpusSamples.Silk20, true)]
    [InlineData(8, false)]   // the same mode, 10 ms
    public void AnotherConfigurationEndsWhatWaitsAndJoinsAnew(int configuration, bool isStereo)
    {
        var stream = new MergedStream();
        stream.SendMany(2, Silk, 50);
        stream.Send(OpusSamples.Toc(configuration, isStereo), 70);
        Assert.Equal(2, Assert.Single(stream.Out).Frames);

        stream.SendMany(20, OpusSamples.Toc(configuration, isStereo), 70);
        Assert.All(stream.Out.Skip(1), packet => Assert.Equal(2_880, packet.Samples));
        stream.Finish();
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void TwoAreFinishedWhenALongPacketMeetsOneThatWaits()
    {
        var stream = new MergedStream();
        stream.Send(Silk, 50);
        Assert.Equal(2, stream.Send(OpusSamples.Toc(3), 100));
        Assert.Equal([960, 2_880], stream.Out.Select(packet => packet.Samples));
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void ALostPacketIsAGapBetweenTwo()
    {
        var stream = new MergedStream();
        stream.Send(Silk, 50);
        stream.Lose();
        stream.SendMany(3, Silk, 50);
        Assert.Equal([(7, 1_000u, 1), (8, 1_000u + 1_920, 3)], stream.Out.Select(packet => ((int)packet.Number, packet.Timestamp, packet.Frames)));
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void ANumberThatCarriedNothingIsNoGap()
    {
        var stream = new MergedStream();
        stream.Send(Silk, 50);
        stream.SkipNumber();
        stream.SendMany(2, Silk, 50);
        Assert.Equal(3, Assert.Single(stream.Out).Frames);
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void APauseEndsWhatWaits() // DTX: numbers go on, timestamps leap
    {
        var stream = new MergedStream();
        stream.SendMany(2, Silk, 50);
        stream.Pause(samples: 19_200);
        stream.SendMany(3, Silk, 50);
        Assert.Equal([2, 3], stream.Out.Select(packet => packet.Frames));
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void SpeechThatBeginsKeepsItsMarkerAndIsNotJoinedToWhatWasBefore()
    {
        var stream = new MergedStream();
        stream.SendMany(2, Silk, 50);
        stream.Send(Silk, 50, marker: true);
        stream.SendMany(2, Silk, 50);
        Assert.Equal([(2, false), (3, true)], stream.Out.Select(packet => (packet.Frames, packet.Marker)));
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void WhatWaitsLeavesWhenItIsDue()
    {
        var stream = new MergedStream();
        Assert.Equal(Instant.Never, stream.Merger.Due);
        var began = stream.Now;
        stream.SendMany(2, Silk, 50);
        Assert.Equal(began + TimeSpan.FromMilliseconds(60), stream.Merger.Due);

        stream.Tick(stream.Merger.Due - TimeSpan.FromTicks(1));
        Assert.Empty(stream.Out);
        stream.Tick(stream.Merger.Due);
        Assert.Equal(2, Assert.Single(stream.Out).Frames);
        Assert.Equal(Instant.Never, stream.Merger.Due);

        stream.Tick(Instant.Never - TimeSpan.FromTicks(1));
        Assert.Single(stream.Out);
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void APacketThatComesWhenItIsDueStillGoesAlong()
    {
        var stream = new MergedStream();
        stream.Send(Silk, 50);
        stream.Now += TimeSpan.FromMilliseconds(200);
        stream.Send(Silk, 50);
        Assert.Equal(2, Assert.Single(stream.Out).Frames);
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void LatePacketsAndDuplicatesAreDroppedAndCounted()
    {
        var stream = new MergedStream();
        stream.Send(Silk, 50);
        stream.Lose();
        var late = stream.Lost!.Value;
        stream.SendMany(3, Silk, 50);
        stream.Add(late.Number, late.Timestamp, OpusSamples.One(Silk, OpusSamples.Frame(50)));
        stream.Add(late.Number, late.Timestamp, OpusSamples.One(Silk, OpusSamples.Frame(50)));
        stream.Repeat();
        stream.SendMany(3, Silk, 50);

        Assert.Equal((1, 2, 7), (stream.Merger.Late, stream.Merger.Duplicates, stream.Merger.Taken));
        Assert.Equal([1, 3, 3], stream.Out.Select(packet => packet.Frames));
        Assert.Equal(3, stream.Merger.Finished);
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void ASenderThatBeginsAnewIsHeardFromItsSecondPacket()
    {
        var stream = new MergedStream(number: 40_000);
        stream.SendMany(3, Silk, 50);
        stream.Restart(number: 20_000, timestamp: 5);
        stream.Add(19_999, 5, OpusSamples.One(Silk, OpusSamples.Frame(50)));
        Assert.Equal(1, stream.Merger.Late);
        stream.SendMany(3, Silk, 50);
        Assert.Equal([3, 3], stream.Out.Select(packet => packet.Frames));
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void WhatIsNoOpusIsDroppedAndChangesNothing()
    {
        var stream = new MergedStream();
        stream.Send(Silk, 50);
        stream.Add(9_000, 77, []);
        stream.Add(9_000, 77, [Silk.WithCode(1).Value, 1]);
        stream.Add(9_000, 77, new byte[OpusMerger.LargestPayload + 1]);
        stream.SendMany(2, Silk, 50);
        Assert.Equal(3, stream.Merger.Unreadable);
        Assert.Equal(3, Assert.Single(stream.Out).Frames);
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void WhatWouldNotPassALinkInOnePieceIsNotJoined()
    {
        var stream = new MergedStream();
        stream.SendMany(9, OpusSamples.Toc(OpusSamples.Celt20, isStereo: true), 500);
        stream.Finish();
        Assert.All(stream.Out, packet => Assert.InRange(packet.Payload.Length, 1, OpusMerger.LargestMerged));
        Assert.Equal([2, 2, 2, 2, 1], stream.Out.Select(packet => packet.Frames));
        stream.SendMany(3, OpusSamples.Toc(OpusSamples.Celt20, isStereo: true), 1_275);
        stream.Finish();
        Assert.Equal([1_276, 1_276, 1_276], stream.Out.Skip(5).Select(packet => packet.Payload.Length));
        stream.AssertAllFramesAreThere();
    }

    [Fact]
    public void FinishedPacketsAreNotForgottenInSilence()
    {
        var merger = new OpusMerger(new SequenceNumber(1));
        Assert.Equal(1, merger.Add(default, new SequenceNumber(1), 0, false, OpusSamples.One(OpusSamples.Toc(3), OpusSamples.Frame(9))));
        Assert.Throws<InvalidOperationException>(() => merger.Finish());
        Assert.True(merger.TryTake(out _));
        Assert.False(merger.TryTake(out _));
        Assert.Equal(0, merger.Finish());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void EveryFrameArrivesOnceInOrderAndUnchangedWhateverComes(int seed)
    {
        var random = new Random(seed);
        var stream = new MergedStream(number: (ushort)random.Next(65_536), timestamp: (uint)random.NextInt64(uint.MaxValue));
        var toc = Silk;
        for (var i = 0; i < 3_000; i++)
        {
            if (random.Next(20) == 0) toc = OpusSamples.Toc(random.Next(32), random.Next(2) == 0);
            switch (random.Next(20))
            {
                case 0: stream.Lose(); break;
                case 1: stream.Pause(random.Next(50_000)); break;
                case 2: stream.Repeat(); break;
                case 3: stream.SkipNumber(); break;
                case 4: stream.Tick(stream.Now + TimeSpan.FromMilliseconds(random.Next(100))); break;
                default: stream.Send(Any(random, toc), marker: random.Next(30) == 0); break;
            }
        }

        stream.Finish();
        stream.AssertAllFramesAreThere();
        Assert.All(stream.Out, packet => Assert.InRange(packet.Samples, 120, OpusPacket.MostSamples));
    }

    [Fact]
    public void HostileInputNeverThrows()
    {
        var merger = new OpusMerger(new SequenceNumber(1));
        var random = new Random(5);
        HostileInputs.FeedMutated(seed: 53, count: 50_000, OpusSamples.All, input =>
        {
            merger.Add(new Instant(random.NextInt64(1L << 40)), new SequenceNumber((ushort)random.Next(65_536)), (uint)random.Next(4_000), random.Next(9) == 0, input);
            while (merger.TryTake(out var packet))
            {
                Assert.True(OpusPacket.TryRead(packet.Payload, out _));
            }

            return true;
        });
        Assert.True(merger.Finished > 100 && merger.Unreadable > 100);
    }

    [Fact]
    public void NothingIsAllocated()
    {
        var merger = new OpusMerger(new SequenceNumber(1));
        var packets = OpusSamples.All;
        var round = 0;
        for (; round < 200; round++) Pass(round);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (; round < 5_000; round++) Pass(round);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Pass(int at)
        {
            merger.Add(new Instant(at * 200_000L), new SequenceNumber((ushort)at), (uint)at * 960, false, packets[at / 5 % packets.Length]);
            while (merger.TryTake(out _))
            {
            }
        }
    }

    private static byte[] Any(Random random, OpusToc toc)
    {
        var most = Math.Min(5, OpusPacket.MostSamples / toc.FrameSamples);
        byte[][] own = [.. Enumerable.Range(0, 1 + random.Next(most)).Select(i => OpusSamples.Frame(random.Next(4) == 0 ? random.Next(280) : random.Next(80), random.Next()))];
        var size = random.Next(100);
        byte[][] equal = [.. own.Select(_ => OpusSamples.Frame(size, random.Next()))];
        return random.Next(5) switch
        {
            0 when own.Length == 2 => OpusSamples.Two(toc, own[0], own[1]),
            1 when own.Length == 2 => OpusSamples.TwoEqual(toc, equal[0], equal[1]),
            2 => OpusSamples.Constant(toc, equal, random.Next(2) * random.Next(20)),
            3 => OpusSamples.Variable(toc, own, random.Next(2) * random.Next(20)),
            _ => OpusSamples.One(toc, own[0]),
        };
    }
}
