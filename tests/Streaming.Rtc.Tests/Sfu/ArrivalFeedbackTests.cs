using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class ArrivalFeedbackTests
{
    private const byte Extension = 3;
    private readonly ArrivalFeedback _feedback = new(Extension);
    private readonly byte[] _compound = new byte[ArrivalFeedback.MostBytes];
    private Instant _now = new(TimeSpan.TicksPerDay);
    private ushort _number;

    [Theory]
    [InlineData(24_000, 100)]       // a voice
    [InlineData(250_000, 77)]
    [InlineData(2_000_000, 50)]     // all layers
    public void TheFasterTheWayTheSoonerItIsTold(int bitsPerSecond, int milliseconds)
    {
        Note(100);
        Write();
        _now += TimeSpan.FromMilliseconds(100);
        Note(bitsPerSecond / 8 / 10);
        Write();
        Note(100);
        _now += TimeSpan.FromMilliseconds(milliseconds - 1);
        Assert.False(_feedback.IsDue(_now));
        _now += TimeSpan.FromMilliseconds(1);
        Assert.True(_feedback.IsDue(_now));
    }

    [Fact]
    public void NothingNewIsNotTold()
    {
        Assert.False(_feedback.IsDue(_now));
        Note(100);
        Assert.True(_feedback.IsDue(_now));
        Write();
        _now += TimeSpan.FromSeconds(1);
        Assert.False(_feedback.IsDue(_now));
    }

    [Fact]
    public void WhatFitsNoCompoundGoesIntoTheNext()
    {
        // The worst that can come: every second packet lost, and times that lie far apart.
        for (var i = 0; i < 1_000; i++)
        {
            _now += TimeSpan.FromMilliseconds(70);
            _number++;
            Note(100);
        }

        var compounds = 0;
        for (var isDone = false; !isDone; compounds++)
        {
            isDone = Write();
        }

        Assert.InRange(compounds, 2, 4);
        Assert.False(_feedback.IsDue(_now + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void APacketWithoutANumberIsPassedOver()
    {
        Span<byte> packet = stackalloc byte[RtpWriter.HeaderLength];
        RtpWriter.WriteHeader(packet, false, new PayloadType(96), new SequenceNumber(1), 0, new Ssrc(5));
        Assert.True(RtpReader.TryRead(packet, out var reader));
        _feedback.Note(_now, reader);
        Assert.False(_feedback.IsDue(_now));
    }

    [Fact]
    public void NotingAndTellingAllocateNothing()
    {
        Turn();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Turn();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Turn()
        {
            for (var i = 0; i < 20; i++)
            {
                _now += TimeSpan.FromMilliseconds(5);
                Note(1_000);
            }

            Write();
        }
    }

    private void Note(int bytes)
    {
        Span<byte> packet = stackalloc byte[Math.Max(bytes, TransportNumber.HeaderLength)];
        packet.Clear();
        RtpWriter.WriteHeaderWithTransportNumber(
            packet, false, new PayloadType(96), new SequenceNumber(1), 0, new Ssrc(5), Extension, new SequenceNumber(_number++));
        Assert.True(RtpReader.TryRead(packet, out var reader));
        _feedback.Note(_now, reader);
    }

    private bool Write()
    {
        var writer = new RtcpWriter(_compound);
        writer.ReceiverReport(new Ssrc(1), []);
        return _feedback.TryWrite(_now, ref writer, new Ssrc(1));
    }
}
