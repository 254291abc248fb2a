using System.Buffers.Binary;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Sfu.Congestion;

public sealed class BitrateEstimatorTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(80);
    private readonly BitrateEstimator _estimator = new(new EstimatorOptions());
    private readonly byte[] _buffer = new byte[1_200];
    private readonly Instant[] _arrivals = new Instant[512];
    private SequenceNumber _number = new(65_500);
    private long _milliseconds = 1_000;

    [Fact]
    public void SendingHearingAndTickingAllocateNothing()
    {
        for (var round = 0; round < 200; round++) Round(50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 2_000; round++) Round(50);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(_estimator.AckedBitrate, 3_500_000, 4_500_000);
    }

    [Fact]
    public void NothingHeardOfNothingSentChangesNothing()
    {
        Hear(Feedback(new SequenceNumber(7), 20));
        _estimator.Tick(Now);
        Assert.Equal((300_000, EstimateReason.Start), (_estimator.Target, _estimator.Reason));
        Send(10);
        Hear(Feedback(_number + 500, 20));
        Assert.Equal(0, _estimator.AckedBitrate);
        Assert.Equal(TimeSpan.Zero, _estimator.RoundTrip);
    }

    [Fact]
    public void WhoIsSentNothingNeedNotAnswer()
    {
        Round(10);
        var before = _estimator.Target;
        Pass(20_000);
        Assert.Equal(before, _estimator.Target);
    }

    [Fact]
    public void WhoDoesNotAnswerIsSentLessAndLessButVoice()
    {
        for (var round = 0; round < 20; round++) Round(10);
        var before = _estimator.Target;
        Send(1);
        Pass(400);
        Assert.Equal(before, _estimator.Target);
        Pass(1_000);
        Assert.InRange(_estimator.Target, before * 0.6, before * 0.9);
        Pass(20_000);
        Assert.Equal((50_000, EstimateReason.Silence), (_estimator.Target, _estimator.Reason));
    }

    [Fact]
    public void HostileFeedbackStaysWithinTheBounds()
    {
        var random = new Random(4_711);
        var options = new EstimatorOptions();
        for (var round = 0; round < 20_000; round++)
        {
            Send(random.Next(20));
            var feedback = Feedback(_number + random.Next(-1_200, 50), random.Next(1, 300)).ToArray();
            for (var damage = random.Next(8); damage > 0; damage--) feedback[random.Next(12, feedback.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) BinaryPrimitives.WriteUInt32BigEndian(feedback.AsSpan(16), (uint)random.NextInt64());
            Hear(feedback);
            _estimator.Tick(Now);
            _milliseconds += random.Next(200);
            if (_estimator.TryTakeProbe(Now, out var probe)) Assert.InRange(probe.Packets * probe.PacketBytes, 100, 120_000);
            Assert.InRange(_estimator.Target, options.Minimum, options.Maximum);
            Assert.InRange(_estimator.Loss, 0, 1);
            Assert.True(_estimator.QueueDelay >= TimeSpan.Zero);
        }
    }

    [Fact]
    public void WhatIsWantedBoundsGrowthAndProbes()
    {
        _estimator.Wanted = 250_000;
        for (var round = 0; round < 400; round++)
        {
            Round(50);
            Assert.False(_estimator.TryTakeProbe(Now, out _));
        }

        Assert.Equal(300_000, _estimator.Target);
        _estimator.Wanted = 2_000_000;
        Round(50);
        Assert.True(_estimator.TryTakeProbe(Now, out _));
    }

    [Theory]
    [InlineData(20_000, 30_000, 4_000_000, 50_000)]
    [InlineData(5_000_000, 30_000, 4_000_000, 50_000)]
    [InlineData(300_000, 1_000, 4_000_000, 50_000)]
    [InlineData(300_000, 30_000, 4_000_000, 20_000)]
    [InlineData(300_000, 30_000, 4_000_000, 5_000_000)]
    public void OptionsOutOfOrderAreRefused(int start, int minimum, int maximum, int floor) =>
        Assert.Throws<ArgumentException>(() => new BitrateEstimator(
            new EstimatorOptions { Start = start, Minimum = minimum, Maximum = maximum, SilentFloor = floor }));

    [Fact]
    public void TheViewersClockUnwraps()
    {
        var clock = new ArrivalClock();
        var first = clock.Unwrap(0x7F_FFFF);
        Assert.Equal(64 * TimeSpan.TicksPerMillisecond, clock.Unwrap(-0x80_0000) - first);
        Assert.Equal(-64 * TimeSpan.TicksPerMillisecond, clock.Unwrap(0x7F_FFFE) - first);
    }

    private Instant Now => new(_milliseconds * TimeSpan.TicksPerMillisecond);

    /// <summary>A tenth of a second: packets leave and are told of.</summary>
    private void Round(int packets)
    {
        var first = _number;
        for (var i = 0; i < packets; i++) _arrivals[i] = Now + TimeSpan.FromMilliseconds(40 + (100.0 * i / packets));
        Send(packets, spread: 100);
        var writer = new RtcpWriter(_buffer);
        writer.TransportFeedback(new Ssrc(1), new Ssrc(2), 0, first, _arrivals.AsSpan(0, packets), out _);
        Hear(_buffer.AsSpan(0, writer.Length));
        _estimator.Tick(Now);
    }

    private void Send(int packets, int spread = 0)
    {
        var start = Now;
        for (var i = 0; i < packets; i++)
        {
            _estimator.OnSent(start + TimeSpan.FromMilliseconds((double)spread * i / packets), _number, 1_000);
            _number = _number.Next;
        }

        _milliseconds += spread;
    }

    private void Pass(int milliseconds)
    {
        for (var end = _milliseconds + milliseconds; _milliseconds < end; _milliseconds += 20) _estimator.Tick(Now);
    }

    private Span<byte> Feedback(SequenceNumber first, int packets)
    {
        for (var i = 0; i < packets; i++) _arrivals[i] = i % 7 == 3 ? Instant.Never : Now + TimeSpan.FromMilliseconds(i);
        var writer = new RtcpWriter(_buffer);
        writer.TransportFeedback(new Ssrc(1), new Ssrc(2), 0, first, _arrivals.AsSpan(0, packets), out _);
        return _buffer.AsSpan(0, writer.Length);
    }

    private void Hear(ReadOnlySpan<byte> datagram)
    {
        if (!RtcpReader.TryRead(datagram, out var reader)) return;
        while (reader.TryNext(out var packet))
        {
            if (packet.TryGetTransportFeedback(out var feedback)) _estimator.OnFeedback(Now, feedback, RoundTrip);
        }
    }
}
