using Streaming.Benchmarks.Load;
using Streaming.Rtc;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Benchmarks.Tests.Load;

public sealed class ViewerFeedbackTests
{
    private const byte Extension = 3;
    private static readonly Ssrc Media = new(20);
    private static readonly Ssrc Resends = new(21);
    private static readonly Instant Began = new(TimeSpan.TicksPerHour);
    private readonly ViewerFeedback _feedback = new(Extension, new Ssrc(99));
    private readonly byte[] _compound = new byte[1_500];

    [Fact]
    public void TheServerReadsOfEveryStreamWhichPacketsCameAndWhen()
    {
        _feedback.Begin(Began, turn: 0);
        Note(Media, 65_534, milliseconds: 10);
        Note(Media, 65_535, milliseconds: 10);
        Note(Resends, 1, milliseconds: 14);   // 0 is missing
        Note(Media, 2, milliseconds: 13);

        Assert.Equal(["65534 at 0.00", "65535 at 0.00", "1 at 4.00", "2 at 3.00"], Tell(Began + TimeSpan.FromMilliseconds(60)));
    }

    [Fact]
    public void OnlyTheHeaderIsLookedAt()
    {
        Span<byte> padded = stackalloc byte[20];   // the payload, and with it the length of its padding, was not read from the socket
        RtpWriter.WriteHeaderWithTransportNumber(padded, true, new PayloadType(97), default, 0, Media, Extension, new SequenceNumber(7), isPadded: true);
        _feedback.Begin(Began, turn: 0);
        _feedback.Note(padded, Began);

        Assert.Equal(["7 at 0.00"], Tell(Began));
    }

    [Fact]
    public void PacketsWithoutTheNumberAndScrapsAreNotTold()
    {
        var plain = new byte[RtpWriter.HeaderLength];
        RtpWriter.WriteHeader(plain, true, new PayloadType(96), default, 0, Media);
        _feedback.Begin(Began, turn: 0);
        _feedback.Note(plain, Began);
        Note(Media, 4, 0, extension: Extension + 1);
        Span<byte> whole = stackalloc byte[TransportNumber.HeaderLength];
        RtpWriter.WriteHeaderWithTransportNumber(whole, true, new PayloadType(96), default, 0, Media, Extension, new SequenceNumber(5));
        for (var length = 0; length < whole.Length; length++)
        {
            _feedback.Note(whole[..length], Began);
        }

        Assert.Empty(Tell(Began));
    }

    [Fact]
    public void ItIsTimeEveryInterval()
    {
        Assert.Equal(Instant.Never, _feedback.Due);
        _feedback.Begin(Began, turn: 0.5);
        var due = Began + (ViewerFeedback.Interval * 0.5);
        Assert.Equal(due, _feedback.Due);

        _feedback.Write(due + TimeSpan.FromMilliseconds(2), _compound);   // the loop looks every few milliseconds, and keeps the beat
        Assert.Equal(due + ViewerFeedback.Interval, _feedback.Due);
        _feedback.Write(due + TimeSpan.FromSeconds(1), _compound);   // what was missed is not made up for
        Assert.Equal(due + TimeSpan.FromSeconds(1) + ViewerFeedback.Interval, _feedback.Due);
    }

    [Fact]
    public void WhatDoesNotFitOneFeedbackComesWithAnotherAtOnce()
    {
        _feedback.Begin(Began, turn: 0);
        for (var number = 0; number < 1_000; number++)
        {
            Note(Media, (ushort)number, milliseconds: 100 * number);   // deltas of two bytes
        }

        var told = Tell(Began);
        Assert.Equal(Began, _feedback.Due);
        while (_feedback.Due == Began)
        {
            told.AddRange(Tell(Began));
        }

        Assert.Equal(Enumerable.Range(0, 1_000), told.Select(line => int.Parse(line.Split(' ')[0])));
    }

    private void Note(Ssrc ssrc, ushort number, int milliseconds, byte extension = Extension)
    {
        Span<byte> packet = stackalloc byte[TransportNumber.HeaderLength + 30];
        packet.Fill(0xAB);   // ciphertext
        RtpWriter.WriteHeaderWithTransportNumber(packet, false, new PayloadType(96), default, 0, ssrc, extension, new SequenceNumber(number));
        _feedback.Note(packet, Began + TimeSpan.FromMilliseconds(milliseconds));
    }

    /// <summary>What a server reads of it: each packet that came, and when, in ms after the first.</summary>
    private List<string> Tell(Instant now)
    {
        var told = new List<string>();
        var length = _feedback.Write(now, _compound);
        if (length == 0)
        {
            return told;
        }

        int? first = null;
        Assert.True(RtcpReader.TryRead(_compound.AsSpan(0, length), out var compound));
        while (compound.TryNext(out var packet))
        {
            Assert.Equal(RtcpKind.TransportFeedback, packet.Kind);
            Assert.True(packet.TryGetTransportFeedback(out var feedback));
            foreach (var arrival in feedback)
            {
                first ??= arrival.Arrival;
                told.Add(FormattableString.Invariant($"{arrival.Number.Value} at {(arrival.Arrival - first) * 0.25:0.00}"));
            }
        }

        return told;
    }
}
