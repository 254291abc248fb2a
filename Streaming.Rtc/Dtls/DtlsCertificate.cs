using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Streaming.Rtc.Dtls;

/// <summary>A self-signed ECDSA P-256 certificate with its key; one serves all associations of a process.</summary>
/// <remarks>
/// The key stays in memory and dies with the process. Peers know the certificate by the fingerprint that SDP carries, so its name and dates
/// mean nothing to them. May be used from several threads.
/// </remarks>
public sealed class DtlsCertificate : IDisposable
{
    private DtlsCertificate(byte[] fingerprint, SslContextHandle context) => (Fingerprint, Context) = (fingerprint, context);

    /// <summary>SHA-256 of the certificate's DER form, 32 bytes (RFC 8122 §5).</summary>
    public ReadOnlyMemory<byte> Fingerprint { get; }

    /// <summary>What associations with this certificate share.</summary>
    internal SslContextHandle Context { get; }

    /// <summary>Makes a key and its certificate; about a millisecond.</summary>
    /// <exception cref="DllNotFoundException">OpenSSL 3 is not installed; the message names the package.</exception>
    public static DtlsCertificate Generate()
    {
        OpenSsl.Initialize();

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=WebRTC", key, HashAlgorithmName.SHA256);

        // RFC 5280 §4.1.2.5: 99991231235959Z stands for "no well-defined expiry".
        var from = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var until = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        using var certificate = request.CreateSelfSigned(from, until);

        var der = certificate.RawData;
        var privateKey = key.ExportECPrivateKey();
        try
        {
            return new DtlsCertificate(SHA256.HashData(der), DtlsContext.Create(der, privateKey));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>Gives up our share of the key; associations that still use it keep theirs.</summary>
    public void Dispose() => Context.Dispose();
}
