using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using static Streaming.Rtc.Tests.Rtcp.RtcpSamples;

namespace Streaming.Rtc.Tests.Rtcp;

public class TransportFeedbackRecorderTests
{
    private readonly TransportFeedbackRecorder _recorder = new();

    [Fact]
    public void WhatArrivedIsToldOnceAcrossTheWrap()
    {
        Note(0, 65_534, 65_535, 1);
        Assert.Equal([(65_534, true), (65_535, true), (0, false), (1, true)], Tell());
        Assert.False(_recorder.HasNews);
        Assert.Empty(Tell());
        Note(1, 2);
        Assert.Equal([(2, true)], Tell());
    }

    [Fact]
    public void ALatePacketIsToldAgainAndADuplicateIsNot()
    {
        Note(0, 10, 12);
        Tell();
        Note(1, 12);
        Assert.False(_recorder.HasNews);
        Note(2, 11);
        Assert.Equal([(11, true), (12, true)], Tell());
    }

    [Fact]
    public void ALeapForgetsWhatLiesFurtherBackThanTheRing()
    {
        Note(0, 1, 2, 3, 20_000);
        var told = Tell();
        Assert.Equal(TransportFeedbackRecorder.Capacity, told.Count);
        Assert.Equal((20_000, true), told[^1]);
        Assert.All(told[..^1], status => Assert.False(status.Arrived));
    }

    [Fact]
    public void WhatDoesNotFitIsLeftForTheNextDatagram()
    {
        for (var number = 0; number < 200; number++) Note(number, (ushort)number);
        var writer = new RtcpWriter(new byte[60]);
        Assert.False(_recorder.TryWrite(ref writer, Three, One));
        Assert.True(_recorder.HasNews);
        Assert.Equal((199, true), Tell()[^1]);
    }

    [Fact]
    public void NotingAndWritingAllocateNothing()
    {
        var buffer = new byte[1_200];
        long before = 0;
        for (var round = 0; round < 1_100; round++)
        {
            if (round == 100) before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 50; i++) _recorder.Note(Millisecond(round * 50 + i), new SequenceNumber((ushort)(round * 50 + i)));
            var writer = new RtcpWriter(buffer);
            _recorder.TryWrite(ref writer, Three, One);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Instant Millisecond(int at) => new(at * TimeSpan.TicksPerMillisecond);

    private void Note(int at, params ushort[] numbers)
    {
        foreach (var number in numbers) _recorder.Note(Millisecond(at), new SequenceNumber(number));
    }

    private List<(int Number, bool Arrived)> Tell()
    {
        var told = new List<(int, bool)>();
        var buffer = new byte[2_000];
        var writer = new RtcpWriter(buffer);
        Assert.True(_recorder.TryWrite(ref writer, Three, One));
        if (writer.Length == 0) return told;
        Assert.True(RtcpReader.TryRead(buffer.AsSpan(0, writer.Length), out var reader));
        while (reader.TryNext(out var packet))
        {
            Assert.True(packet.TryGetTransportFeedback(out var feedback));
            var start = told.Count;
            for (var i = 0; i < feedback.StatusCount; i++) told.Add(((feedback.BaseSequence + i).Value, false));
            foreach (var arrived in feedback) told[start + arrived.Offset] = (arrived.Number.Value, true);
        }

        return told;
    }
}
