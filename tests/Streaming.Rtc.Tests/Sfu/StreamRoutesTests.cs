using System.Text;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

/// <summary>Whose a packet is, by what it says of itself (RFC 8852, RFC 9143).</summary>
public sealed class StreamRoutesTests : IDisposable
{
    private const byte Mid = 4, Rid = 10, Repaired = 11, Media = 96, Resent = 97;
    private readonly SendBatch _batch = new(new EngineRig());
    private readonly PublisherTransport _publisher;
    private readonly StreamRoutes _routes;
    private Instant _now = new(TimeSpan.TicksPerDay);

    public StreamRoutesTests()
    {
        var engine = new EngineRig().Engine;
        var parameters = new PublishParameters(new RigPeer(1).Parameters, Mid,
        [
            new PublishedTrack("1", TrackSource.Camera, EngineRig.Formats, null, null) { Rids = ["l", "m", "h"] },
            new PublishedTrack("2", TrackSource.Screen, EngineRig.Formats, null, null),
        ])
        { RidExtension = Rid, RepairedRidExtension = Repaired };
        _publisher = new PublisherTransport(new TransportId(1), new Room(new RoomId(1), engine), parameters, engine, _now);
        _routes = new StreamRoutes(parameters, _publisher.Tracks);
    }

    public void Dispose() => _publisher.Dispose();

    [Theory]
    [InlineData("1", "l", null, Media, 0, false)]
    [InlineData("1", "h", null, Media, 2, false)]
    [InlineData("1", null, "m", Resent, 1, true)]
    [InlineData(null, "m", null, Media, 1, false)]    // one section alone has names
    [InlineData("2", null, null, Media, 3, false)]
    [InlineData("2", null, null, Resent, 3, true)]
    public void APacketSaysWhoseItIs(string? mid, string? rid, string? repaired, byte payloadType, int track, bool isRetransmission)
    {
        Assert.Equal(_publisher.Tracks[track], Find(50, payloadType, mid, rid, repaired, out var route)?.Track);
        Assert.Equal(isRetransmission, route.IsRetransmission);
    }

    [Theory]
    [InlineData("1", "x", null, Media)]
    [InlineData("1", null, null, Media)]      // any of three
    [InlineData("1", "l", null, Resent)]      // what it repairs is not said
    [InlineData("1", null, "l", Media)]
    [InlineData("3", "l", null, Media)]
    [InlineData("1", "l", null, 100)]
    [InlineData(null, null, null, Media)]     // the screen, or a layer
    public void WhatCannotBeToldIsNobodys(string? mid, string? rid, string? repaired, byte payloadType) =>
        Assert.Null(Find(51, payloadType, mid, rid, repaired, out _));

    [Fact]
    public void OnceBoundTheSsrcIsEnough()
    {
        Assert.NotNull(Find(60, Media, "1", "m", null, out _));
        Assert.NotNull(Find(61, Resent, "1", null, "m", out _));
        Assert.Equal(_publisher.Tracks[1], Find(60, Media, null, null, null, out _)?.Track);
        Assert.Equal((_publisher.Tracks[1], true), Find(61, Resent, null, null, null, out var route) is { } ? (route.Track, route.IsRetransmission) : default);
    }

    [Fact]
    public void ALayerThatIsAliveIsNotTakenOver()
    {
        Deliver(Find(70, Media, "1", "m", null, out _)!.Value, 70);
        _now += TimeSpan.FromMilliseconds(400);
        Assert.Null(Find(71, Media, "1", "m", null, out _));
        Assert.NotNull(Find(72, Media, "1", "h", null, out _));
        _now += TimeSpan.FromMilliseconds(200);
        Assert.NotNull(Find(71, Media, "1", "m", null, out _));
        Assert.Null(Find(70, Media, null, null, null, out _));
    }

    [Fact]
    public void FindingAllocatesNothing()
    {
        Assert.NotNull(Find(80, Media, "1", "m", null, out _));
        byte[] known = Packet(80, Media, null, null, null), unknown = Packet(81, Media, "1", null, null);
        Look(known, unknown);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Look(known, unknown);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Look(byte[] known, byte[] unknown)
    {
        RtpReader.TryRead(known, out var packet);
        var isKnown = _routes.TryFind(_now, packet, _batch, out _);
        RtpReader.TryRead(unknown, out packet);
        var isUnknown = !_routes.TryFind(_now, packet, _batch, out _);
        Assert.True(isKnown && isUnknown);
    }

    private void Deliver(StreamRoute route, uint ssrc)
    {
        Assert.True(RtpReader.TryRead(Packet(ssrc, Media, null, null, null), out var packet));
        route.Track.Receive(_now, packet, _batch);
    }

    private StreamRoute? Find(uint ssrc, byte payloadType, string? mid, string? rid, string? repaired, out StreamRoute route)
    {
        Assert.True(RtpReader.TryRead(Packet(ssrc, payloadType, mid, rid, repaired), out var packet));
        return _routes.TryFind(_now, packet, _batch, out route) ? route : null;
    }

    private static byte[] Packet(uint ssrc, byte payloadType, string? mid, string? rid, string? repaired)
    {
        List<byte> elements = [];
        foreach (var (id, name) in new[] { (Mid, mid), (Rid, rid), (Repaired, repaired) })
        {
            if (name is not null)
            {
                elements.AddRange([(byte)(id << 4 | (name.Length - 1)), .. Encoding.ASCII.GetBytes(name)]);
            }
        }

        while (elements.Count % 4 != 0)
        {
            elements.Add(0);
        }

        var header = new byte[RtpWriter.HeaderLength];
        RtpWriter.WriteHeader(header, true, new PayloadType(payloadType), new SequenceNumber(1), 3_000, new Ssrc(ssrc));
        header[0] |= 0x10;
        return [.. header, 0xBE, 0xDE, 0, (byte)(elements.Count / 4), .. elements, 0x10, 1, 0, 0];
    }
}
