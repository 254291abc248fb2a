using System.Buffers.Binary;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

/// <summary>A sender and the receiver of what it sends, with keys made from a seed.</summary>
internal sealed class SrtpPair : IDisposable
{
    internal static readonly Ssrc Voice = new(0xDECAFBAD);

    private readonly Random _random;

    internal SrtpPair(SrtpProfile profile, int seed = 1)
    {
        _random = new Random(seed);
        var material = new byte[SrtpProfiles.ExporterLength(profile)];
        _random.NextBytes(material);
        Outbound = new OutboundSrtp(SrtpKeys.FromExporter(profile, material, DtlsRole.Client));
        Inbound = new InboundSrtp(SrtpKeys.FromExporter(profile, material, DtlsRole.Server));
    }

    internal OutboundSrtp Outbound { get; }

    internal InboundSrtp Inbound { get; }

    /// <summary>A plain RTP packet: fixed header only, random payload.</summary>
    internal byte[] Rtp(ushort sequenceNumber, int payload = 40, Ssrc? ssrc = null)
    {
        var packet = new byte[12 + payload];
        _random.NextBytes(packet);
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), (ssrc ?? Voice).Value);
        return packet;
    }

    /// <summary>A plain RTCP packet of one receiver report's outside and random content.</summary>
    internal byte[] Rtcp(int payload = 24, Ssrc? ssrc = null)
    {
        var packet = new byte[8 + payload];
        _random.NextBytes(packet);
        packet[0] = 0x81;
        packet[1] = 201;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (ssrc ?? Voice).Value);
        return packet;
    }

    internal byte[] Protect(byte[] plain)
    {
        var ssrc = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(plain.AsSpan(8)));
        var output = new byte[plain.Length + Outbound.RtpOverhead];
        Assert.Equal(output.Length, Outbound.Open(ssrc).Protect(plain.AsSpan(0, 12), plain.AsSpan(12), output));
        return output;
    }

    internal byte[] ProtectRtcp(byte[] plain)
    {
        var output = new byte[plain.Length + Outbound.RtcpOverhead];
        Assert.Equal(output.Length, Outbound.ProtectRtcp(plain, output));
        return output;
    }

    /// <summary>Unprotects a copy and says what came of it.</summary>
    internal DropReason Receive(byte[] datagram) => Receive(datagram, out _);

    /// <inheritdoc cref="Receive(byte[])"/>
    internal DropReason Receive(byte[] datagram, out byte[] plain)
    {
        byte[] copy = [.. datagram];
        var accepted = Inbound.TryUnprotect(copy, out var length, out var reason);
        Assert.Equal(accepted, reason == DropReason.None);
        plain = copy[..length];
        return reason;
    }

    /// <inheritdoc cref="Receive(byte[])"/>
    internal DropReason ReceiveRtcp(byte[] datagram) => ReceiveRtcp(datagram, out _);

    /// <inheritdoc cref="Receive(byte[])"/>
    internal DropReason ReceiveRtcp(byte[] datagram, out byte[] plain)
    {
        byte[] copy = [.. datagram];
        var accepted = Inbound.TryUnprotectRtcp(copy, out var length, out var reason);
        Assert.Equal(accepted, reason == DropReason.None);
        plain = copy[..length];
        return reason;
    }

    public void Dispose()
    {
        Outbound.Dispose();
        Inbound.Dispose();
    }
}
