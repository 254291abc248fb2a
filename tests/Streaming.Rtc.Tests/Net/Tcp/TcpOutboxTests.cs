using System.Buffers.Binary;
using Streaming.Rtc.Net.Tcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Net.Tcp;

public sealed class TcpOutboxTests
{
    private const uint Voice = 7, Camera = 8;
    private const int Check = 1, Report = 201;
    private readonly TcpOutbox _outbox = new() { Peer = new TcpPeer(new Ssrc(Voice), IsObserver: false) };
    private readonly byte[] _chunk = new byte[4_096];
    private Instant _now = new(TimeSpan.TicksPerDay);

    [Fact]
    public void VoiceAndReportsOvertakePicturesThatWait()
    {
        Assert.True(Add(Media(Camera, 1_000)));
        Assert.True(Add(Media(Camera, 1_000)));
        Assert.True(Add(Media(Voice, 80)));
        Assert.True(Add([128, Report, 0, 1, 0, 0, 0, (byte)Camera]));
        Assert.True(Add([0, Check, 0, 0]));

        Assert.Equal([80, 8, 4, 1_000, 1_000], Leave().Select(datagram => datagram.Length));
        Assert.True(_outbox.IsEmpty);
    }

    [Fact]
    public void OnlyWholeDatagramsLeave()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.True(Add(Media(Camera, 1_500)));
        }

        Assert.Equal([1_500, 1_500], Leave().Select(datagram => datagram.Length));   // a third would not fit the chunk
        Assert.Equal([1_500, 1_500], Leave().Select(datagram => datagram.Length));
        Assert.Equal([1_500], Leave().Select(datagram => datagram.Length));
        Assert.Empty(Leave());
    }

    [Fact]
    public void OnAStandingConnectionPicturesAreRefusedAfterAThirdOfASecondAndVoiceIsNot()
    {
        Assert.True(Add(Media(Camera, 1_000)));
        _now += TcpOutbox.LongestWait;
        Assert.True(Add(Media(Camera, 1_000)));
        _now += TimeSpan.FromMilliseconds(1);
        Assert.False(Add(Media(Camera, 1_000), out var isPicture));
        Assert.True(isPicture);
        Assert.True(Add(Media(Voice, 80)));

        Leave();
        Assert.True(Add(Media(Camera, 1_000)));   // it drains again
    }

    [Fact]
    public void WhatIsPutInIsBounded()
    {
        int pictures = 0, voices = 0;
        for (; Add(Media(Camera, 1_200)); pictures++)
        {
            Assert.InRange(pictures, 0, 1_000);
        }

        for (; Add(Media(Voice, 80)); voices++)
        {
            Assert.InRange(voices, 0, 1_000);
        }

        Assert.InRange(pictures * 1_200, TcpOutbox.PictureBytes * 9 / 10, TcpOutbox.PictureBytes);
        Assert.InRange(voices * 80, TcpOutbox.OtherBytes * 8 / 10, TcpOutbox.OtherBytes);
        Assert.True(_outbox.IsHalfFull);
    }

    [Fact]
    public void AfterAnOutageNothingStaleIsSpoken()
    {
        Add(Media(Camera, 1_000));
        Add(Media(Voice, 80));
        Add([0, Check, 0, 0]);
        _now += TcpOutbox.StaleVoice + TimeSpan.FromMilliseconds(1);
        Add(Media(Voice, 81));
        Assert.Equal([4, 81, 1_000], Leave(out var stale).Select(datagram => datagram.Length));
        Assert.Equal((0, 1), stale);

        Add(Media(Camera, 1_000));
        Add([0, Check, 0, 0]);
        _now += TcpOutbox.StalePicture + TimeSpan.FromMilliseconds(1);
        Assert.Equal([4], Leave(out stale).Select(datagram => datagram.Length));
        Assert.Equal((1, 0), stale);
        Assert.True(Add(Media(Camera, 1_000)));
    }

    [Fact]
    public void WhoGetsNoVoiceGetsPictures()
    {
        _outbox.Peer = default;
        Assert.True(Add(Media(Camera, 100), out var isPicture));
        Assert.True(isPicture);
    }

    private static byte[] Media(uint ssrc, int length)
    {
        var datagram = new byte[length];
        (datagram[0], datagram[1]) = (128, 96);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(8), ssrc);
        return datagram;
    }

    private bool Add(byte[] datagram) => Add(datagram, out _);

    private bool Add(byte[] datagram, out bool isPicture) => _outbox.TryAdd(_now, datagram, out isPicture);

    private List<byte[]> Leave() => Leave(out _);

    private List<byte[]> Leave(out (int Pictures, int Voice) stale)
    {
        ReadOnlySpan<byte> bytes = _chunk.AsSpan(0, _outbox.Compose(_now, _chunk, out stale));
        var reader = new FrameReader();
        List<byte[]> datagrams = [];
        while (reader.Next(ref bytes, out var datagram) == FrameOutcome.Whole)
        {
            datagrams.Add(datagram.ToArray());
        }

        Assert.Equal(FrameOutcome.More, reader.Next(ref bytes, out _));
        return datagrams;
    }
}
