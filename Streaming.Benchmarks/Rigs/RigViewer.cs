using System.Buffers.Binary;
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
    private static readonly Ssrc Picture = new(20);
    private static readonly Ssrc Self = new(99);
    private readonly OutboundSrtp _srtp;
    private readonly byte[] _compound = new byte[256];
    private SequenceNumber _newest;

    /// <param name="id">Its transport; its port is the same number.</param>
    /// <param name="profile">How its packets are protected.</param>
    public RigViewer(ushort id, SrtpProfile profile)
    {
        var keys = RigKeys.Make(profile, id);
        (Id, _srtp, Keys) = (id, new OutboundSrtp(keys.Client), keys.Server);
        Address = TransportAddress.FromIPv4(0x7F00_0001, id);
    }

    public ushort Id { get; }

    public TransportAddress Address { get; }

    public PeerParameters Peer { get; } = new(IceCredentials.Generate(), IceCredentials.Generate(), new byte[32]);

    /// <summary>The server's end of its keys.</summary>
    public SrtpKeys Keys { get; }

    public WatchParameters Parameters => new(Peer, "bench", [
        new WatchSlot("0", [TrackSource.Voice], [RigTeacher.Opus], new Ssrc(10), null),
        new WatchSlot("1", [TrackSource.Screen, TrackSource.Camera], [RigTeacher.Vp8], Picture, new Ssrc(21)),
    ]);

    /// <summary>Looks at a datagram that was sent to it: the header is in the clear, and its number is what feedback names.</summary>
    public void Look(ReadOnlySpan<byte> datagram)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]) == Picture.Value)
        {
            _newest = new SequenceNumber(BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]));
        }
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
