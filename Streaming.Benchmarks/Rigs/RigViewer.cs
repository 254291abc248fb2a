using Streaming.Rtc;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Rigs;

/// <summary>One who watches: a slot for the voice and one for the picture, screen before camera; and what a browser says back.</summary>
internal sealed class RigViewer : IDisposable
{
    private const byte Extension = 3;
    private static readonly Ssrc Picture = new(20);
    private static readonly Ssrc Self = new(99);
    private static readonly TimeSpan Way = TimeSpan.FromMilliseconds(1);
    private readonly OutboundSrtp _srtp;
    private readonly TransportFeedbackRecorder? _arrivals;
    private readonly byte[] _compound = new byte[256];
    private SequenceNumber _newest;

    /// <param name="id">Its transport; its port is the same number.</param>
    /// <param name="profile">How its packets are protected.</param>
    /// <param name="tellsArrivals">Whether it is to say of each packet when it came.</param>
    public RigViewer(ushort id, SrtpProfile profile, bool tellsArrivals)
    {
        var keys = RigKeys.Make(profile, id);
        (Id, _srtp, Keys) = (id, new OutboundSrtp(keys.Client), keys.Server);
        _arrivals = tellsArrivals ? new TransportFeedbackRecorder() : null;
        Address = TransportAddress.FromIPv4(0x7F00_0001, id);
    }

    public ushort Id { get; }

    public TransportAddress Address { get; }

    public PeerParameters Peer { get; } = new(IceCredentials.Generate(), IceCredentials.Generate(), new byte[32]);

    /// <summary>The server's end of its keys.</summary>
    public SrtpKeys Keys { get; }

    public WatchParameters Parameters => new(Peer, "bench", [
        new WatchSlot("0", [TrackSource.Voice], [RigTeacher.Opus], new Ssrc(10), null, IsNumbered: _arrivals is not null),
        new WatchSlot("1", [TrackSource.Screen, TrackSource.Camera], [RigTeacher.Vp8], Picture, new Ssrc(21), IsNumbered: _arrivals is not null),
    ], _arrivals is null ? (byte)0 : Extension);

    /// <summary>Looks at a datagram that was sent to it: the header is in the clear, and its numbers are what feedback names.</summary>
    public void Look(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (datagram[1] is >= 192 and < 224 || !RtpReader.TryReadHeader(datagram, out var header))
        {
            return;   // a report, or an answer to a check
        }

        if (header.Ssrc == Picture)
        {
            _newest = header.SequenceNumber;
        }

        if (_arrivals is not null && TransportNumber.TryRead(header, Extension, out var number))
        {
            _arrivals.Note(now + Way, number);
        }
    }

    /// <summary>Writes when the packets came that it has seen since the last time.</summary>
    public void MakeArrivals(RoundShelf shelf)
    {
        var writer = new RtcpWriter(_compound);
        if (_arrivals?.TryWrite(ref writer, Self, Picture) != true || writer.Length == 0)
        {
            throw new InvalidOperationException("A viewer that is to tell of some packets has seen none, or more than fit.");
        }

        Make(shelf, writer.Length);
    }

    /// <summary>Writes a receiver report on the picture.</summary>
    public void MakeReport(RoundShelf shelf)
    {
        var writer = new RtcpWriter(_compound);
        writer.ReceiverReport(Self, [new ReportBlock(Picture, 0, 0, _newest.Value, 90, 0, 0)]);
        writer.SourceDescription(Self, "viewer");
        Make(shelf, writer.Length);
    }

    /// <summary>Writes that the newest packet of the picture is missing.</summary>
    public void MakeNack(RoundShelf shelf)
    {
        var writer = new RtcpWriter(_compound);
        writer.ReceiverReport(Self, []);
        writer.Nack(Self, Picture, [_newest]);
        Make(shelf, writer.Length);
    }

    /// <summary>Writes that the decoder cannot go on.</summary>
    public void MakePictureLoss(RoundShelf shelf)
    {
        var writer = new RtcpWriter(_compound);
        writer.ReceiverReport(Self, []);
        writer.Pli(Self, Picture);
        Make(shelf, writer.Length);
    }

    public void Dispose() => _srtp.Dispose();

    private void Make(RoundShelf shelf, int length) => shelf.Commit(_srtp.ProtectRtcp(_compound.AsSpan(0, length), shelf.Next(Address)));
}
