using Streaming.Rtc.Dtls;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Rigs;

/// <summary>Both ends' keys of one connection, without a handshake: the DTLS exporter's output is any bytes here.</summary>
/// <param name="Client">What the browser's end protects and unprotects with.</param>
/// <param name="Server">What ours does.</param>
internal readonly record struct RigKeys(SrtpKeys Client, SrtpKeys Server)
{
    /// <summary>The same keys for the same seed.</summary>
    public static RigKeys Make(SrtpProfile profile, int seed)
    {
        var material = new byte[SrtpProfiles.ExporterLength(profile)];
        new Random(seed).NextBytes(material);
        return new RigKeys(SrtpKeys.FromExporter(profile, material, DtlsRole.Client), SrtpKeys.FromExporter(profile, material, DtlsRole.Server));
    }
}
