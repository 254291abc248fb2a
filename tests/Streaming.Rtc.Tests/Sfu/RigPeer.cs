using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Sfu;

/// <summary>A peer of an <see cref="EngineRig"/>: all have the same keys.</summary>
internal sealed class RigPeer
{
    private static readonly TransportAddress Server = TransportAddress.FromIPv4(0x7F00_0001, 18_443);
    private static readonly byte[] Material = new byte[SrtpProfiles.ExporterLength(SrtpProfile.AeadAes128Gcm)];

    public RigPeer(int id)
    {
        var (ours, theirs) = (IceCredentials.Generate(), IceCredentials.Generate());
        (Id, Address) = (new TransportId(id), TransportAddress.FromIPv4(0x7F00_0001, (ushort)(20_000 + id)));
        Parameters = new PeerParameters(ours, theirs, new byte[32]);
        Checks = new IceController(theirs, ours, Server, tieBreaker: 1);
        Outbound = new OutboundSrtp(Keys(DtlsRole.Client));
    }

    public TransportId Id { get; }

    public TransportAddress Address { get; }

    public PeerParameters Parameters { get; }

    public IceController Checks { get; }

    public OutboundSrtp Outbound { get; }

    /// <summary>What it reads by.</summary>
    public InboundSrtp Inbound { get; } = new(Keys(DtlsRole.Client));

    /// <summary>What the engine has of it. Once disposed, whatever is sent to this peer throws.</summary>
    public SrtpSession Session { get; } = EngineRig.Session();

    /// <summary>What a handshake would have given.</summary>
    public static SrtpKeys Keys(DtlsRole role) => SrtpKeys.FromExporter(SrtpProfile.AeadAes128Gcm, Material, role);
}
