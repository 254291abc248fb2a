using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Rtc.Dtls;

/// <summary>Makes the OpenSSL context that the associations of a process share, and checks fingerprints on its behalf.</summary>
internal static unsafe class DtlsContext
{
    // RFC 8827 §6.5 obliges everybody to know the first; our certificate is ECDSA, so only ECDSA suites can be ours. DtlsRecords relies on
    // there being none but AES-GCM.
    private const string Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";

    // X25519 first: a handshake costs a fifth less than with P-256.
    private const string Groups = "X25519:P-256";

    private static readonly int StoreContextIndex = OpenSsl.GetStoreContextIndex();

    /// <summary>Makes a context for both roles.</summary>
    /// <exception cref="CryptographicException">OpenSSL refused the certificate or a setting.</exception>
    internal static SslContextHandle Create(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> privateKey)
    {
        OpenSsl.ClearErrors();
        var context = OpenSsl.NewContext(OpenSsl.DtlsMethod());
        try
        {
            if (context.IsInvalid)
                throw OpenSsl.Failure("SSL_CTX_new");

            fixed (byte* der = certificate)
                OpenSsl.Check(OpenSsl.UseCertificate(context, certificate.Length, der), "SSL_CTX_use_certificate_ASN1");

            fixed (byte* der = privateKey)
                OpenSsl.Check(OpenSsl.UsePrivateKey(OpenSsl.KeyTypeEc, context, der, privateKey.Length), "SSL_CTX_use_PrivateKey_ASN1");

            OpenSsl.Check((int)OpenSsl.ContextControl(context, OpenSsl.CtrlSetMinProtocol, OpenSsl.Dtls12, null), "SSL_CTX_set_min_proto_version");
            OpenSsl.Check((int)OpenSsl.ContextControl(context, OpenSsl.CtrlSetMaxProtocol, OpenSsl.Dtls12, null), "SSL_CTX_set_max_proto_version");
            OpenSsl.Check(OpenSsl.SetCipherList(context, Ciphers), "SSL_CTX_set_cipher_list");
            fixed (byte* groups = Encoding.ASCII.GetBytes(Groups + "\0"))
                OpenSsl.Check((int)OpenSsl.ContextControl(context, OpenSsl.CtrlSetGroupsList, 0, groups), "SSL_CTX_set1_groups_list");

            // No tickets and no cache: every association is a full handshake, in which the server sends the last flight.
            OpenSsl.ContextControl(context, OpenSsl.CtrlSetSessionCacheMode, 0, null);
            OpenSsl.SetOptions(
                context,
                OpenSsl.OptionNoTicket | OpenSsl.OptionNoQueryMtu | OpenSsl.OptionNoRenegotiation | OpenSsl.OptionServerPreference);
            OpenSsl.SetVerify(context, OpenSsl.VerifyPeer | OpenSsl.VerifyFailIfNoPeerCertificate, 0);
            OpenSsl.SetCertificateVerifyCallback(context, &VerifyFingerprint, 0);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Stands in for chain building: a WebRTC certificate is trusted for its fingerprint and nothing else (RFC 8827 §6.5).</summary>
    /// <remarks>Here and not after the handshake, so that neither end is ever connected to the wrong peer, even for a moment.</remarks>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int VerifyFingerprint(nint storeContext, nint argument)
    {
        try
        {
            var ssl = OpenSsl.GetStoreContextData(storeContext, StoreContextIndex);
            var certificate = OpenSsl.GetStoreContextCertificate(storeContext);
            if (ssl == 0 || certificate == 0 || DatagramBio.From(OpenSsl.GetReadBio(ssl)) is not { } bio)
                return 0;

            Span<byte> fingerprint = stackalloc byte[64];
            var length = (uint)fingerprint.Length;
            int hashed;
            fixed (byte* output = fingerprint)
                hashed = OpenSsl.DigestCertificate(certificate, OpenSsl.Sha256(), output, &length);

            if (hashed == 1 && CryptographicOperations.FixedTimeEquals(fingerprint[..(int)length], bio.ExpectedFingerprint))
                return 1;

            // RFC 8122 §6.2: the alert is bad_certificate, which OpenSSL makes of this error.
            bio.FingerprintRefused = true;
            OpenSsl.SetStoreContextError(storeContext, OpenSsl.VerifyErrorCertificateRejected);
            return 0;
        }
        catch (Exception)
        {
            return 0;
        }
    }
}
