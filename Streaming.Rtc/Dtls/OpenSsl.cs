using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

[assembly: DisableRuntimeMarshalling]

namespace Streaming.Rtc.Dtls;

/// <summary>The one door to the system's OpenSSL 3: this half is libssl, the other half (OpenSsl.Crypto.cs) libcrypto.</summary>
/// <remarks>
/// Signatures are blittable. Constants are those of the OpenSSL 3 headers; they are part of its stable ABI.
/// A call that may come back to managed code (anything that touches a BIO) must not suppress the GC transition.
/// </remarks>
internal static unsafe partial class OpenSsl
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    internal const int ErrorWantRead = 2;
    internal const int ErrorWantWrite = 3;
    internal const int ErrorZeroReturn = 6;

    internal const int CtrlSetMtu = 17;
    internal const int CtrlSetSessionCacheMode = 44;
    internal const int CtrlSetGroupsList = 92;
    internal const int CtrlSetMinProtocol = 123;
    internal const int CtrlSetMaxProtocol = 124;

    internal const ulong OptionNoQueryMtu = 1UL << 12;
    internal const ulong OptionNoTicket = 1UL << 14;
    internal const ulong OptionServerPreference = 1UL << 22;
    internal const ulong OptionNoRenegotiation = 1UL << 30;

    internal const int Dtls12 = 0xFEFD;
    internal const int VerifyPeer = 1;
    internal const int VerifyFailIfNoPeerCertificate = 2;
    internal const int VerifyErrorCertificateRejected = 28;
    internal const int KeyTypeEc = 408;

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads and starts OpenSSL once per process. Called before anything here is used, so that a missing library is told at start.</summary>
    /// <exception cref="DllNotFoundException">OpenSSL 3 is not installed; the message names the package.</exception>
    internal static void Initialize() => _ = Loaded.Value;

    /// <summary>Finds a shared library or says what to install.</summary>
    /// <exception cref="DllNotFoundException">It is not to be found.</exception>
    internal static void RequireLibrary(string name)
    {
        if (!NativeLibrary.TryLoad(name, out _))
        {
            throw new DllNotFoundException(
                $"{name} (OpenSSL 3) was not found. DTLS and SRTP need it: install the package libssl3 (Debian, Ubuntu: apt install libssl3; " +
                "Fedora: dnf install openssl-libs; Alpine: apk add libssl3).");
        }
    }

    private static bool Load()
    {
        RequireLibrary(Crypto);
        RequireLibrary(Ssl);

        // NO_ATEXIT: OpenSSL's own clean-up at exit would race with threads that .NET does not join.
        const ulong noAtExit = 0x80000;
        Check(InitSsl(noAtExit, 0), "OPENSSL_init_ssl");
        return true;
    }

    /// <summary>Throws what OpenSSL says about a set-up call that did not return 1.</summary>
    internal static void Check(int result, string call)
    {
        if (result != 1)
            throw Failure(call);
    }

    /// <summary>The exception for a failed set-up call, with OpenSSL's reason.</summary>
    internal static CryptographicException Failure(string call)
    {
        var code = GetError();
        Span<byte> text = stackalloc byte[256];
        text.Clear();
        fixed (byte* start = text)
            ErrorString(code, start, (nuint)text.Length);

        var end = text.IndexOf((byte)0);
        ClearErrors();
        return new CryptographicException($"{call} failed: {Encoding.ASCII.GetString(text[..Math.Max(end, 0)])}");
    }

    [LibraryImport(Ssl, EntryPoint = "OPENSSL_init_ssl")]
    private static partial int InitSsl(ulong options, nint settings);

    [LibraryImport(Ssl, EntryPoint = "DTLS_method")]
    internal static partial nint DtlsMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    internal static partial SslContextHandle NewContext(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    internal static partial nint ContextControl(SslContextHandle context, int command, nint number, void* pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    internal static partial ulong SetOptions(SslContextHandle context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetCipherList(SslContextHandle context, string list);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate_ASN1")]
    internal static partial int UseCertificate(SslContextHandle context, int length, byte* der);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey_ASN1")]
    internal static partial int UsePrivateKey(int type, SslContextHandle context, byte* der, nint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    internal static partial void SetVerify(SslContextHandle context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    internal static partial void SetCertificateVerifyCallback(
        SslContextHandle context, delegate* unmanaged[Cdecl]<nint, nint, int> callback, nint argument);

    /// <summary>Offers or accepts SRTP profiles, best first. Unlike its neighbours it returns 0 on success.</summary>
    [LibraryImport(Ssl, EntryPoint = "SSL_set_tlsext_use_srtp", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetSrtpProfiles(SslHandle ssl, string profiles);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    internal static partial SslHandle NewSsl(SslContextHandle context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    internal static partial void FreeSsl(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    internal static partial void SetBio(SslHandle ssl, nint read, nint write);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_rbio")]
    internal static partial nint GetReadBio(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    internal static partial nint Control(SslHandle ssl, int command, nint number, void* pointer);

    [LibraryImport(Ssl, EntryPoint = "DTLS_set_timer_cb")]
    internal static partial void SetTimerCallback(SslHandle ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    internal static partial void SetAcceptState(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    internal static partial void SetConnectState(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    internal static partial int DoHandshake(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    internal static partial int Read(SslHandle ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    internal static partial int Shutdown(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    internal static partial int GetError(SslHandle ssl, int result);

    /// <summary>The negotiated profile: a struct of a name pointer and a C <c>unsigned long</c> identifier; null when none is common.</summary>
    [LibraryImport(Ssl, EntryPoint = "SSL_get_selected_srtp_profile")]
    internal static partial nuint* GetSelectedSrtpProfile(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_export_keying_material")]
    internal static partial int ExportKeyingMaterial(
        SslHandle ssl, byte* output, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_ex_data_X509_STORE_CTX_idx")]
    internal static partial int GetStoreContextIndex();
}
