using System.Runtime.InteropServices;

namespace Streaming.Rtc.Dtls;

/// <content>libcrypto: the error queue, BIOs, certificates, and the ciphers of SRTP.</content>
internal static unsafe partial class OpenSsl
{
    internal const int BioFlagRead = 0x01;
    internal const int BioFlagsRetry = 0x08;
    internal const int BioFlagsAll = 0x0F;
    internal const int BioTypeSourceSink = 0x0400;

    internal const int BioControlFlush = 11;

    internal const int GcmGetTag = 0x10;
    internal const int GcmSetTag = 0x11;

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    internal static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    private static partial nuint GetError();

    [LibraryImport(Crypto, EntryPoint = "ERR_error_string_n")]
    private static partial void ErrorString(nuint code, byte* text, nuint length);

    [LibraryImport(Crypto, EntryPoint = "BIO_get_new_index")]
    internal static partial int NewBioIndex();

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint NewBioMethod(int type, string name);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_read")]
    internal static partial int SetBioRead(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_write")]
    internal static partial int SetBioWrite(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_ctrl")]
    internal static partial int SetBioControl(nint method, delegate* unmanaged[Cdecl]<nint, int, nint, void*, nint> callback);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_destroy")]
    internal static partial int SetBioDestroy(nint method, delegate* unmanaged[Cdecl]<nint, int> callback);

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    internal static partial nint NewBio(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_data")]
    internal static partial void SetBioData(nint bio, nint data);

    [LibraryImport(Crypto, EntryPoint = "BIO_get_data")]
    internal static partial nint GetBioData(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_init")]
    internal static partial void SetBioInit(nint bio, int initialised);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_flags")]
    internal static partial void SetBioFlags(nint bio, int flags);

    [LibraryImport(Crypto, EntryPoint = "BIO_clear_flags")]
    internal static partial void ClearBioFlags(nint bio, int flags);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get_ex_data")]
    internal static partial nint GetStoreContextData(nint context, int index);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get0_cert")]
    internal static partial nint GetStoreContextCertificate(nint context);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_set_error")]
    internal static partial void SetStoreContextError(nint context, int error);

    [LibraryImport(Crypto, EntryPoint = "X509_digest")]
    internal static partial int DigestCertificate(nint certificate, nint digest, byte* output, uint* length);

    [LibraryImport(Crypto, EntryPoint = "EVP_sha256")]
    internal static partial nint Sha256();

    [LibraryImport(Crypto, EntryPoint = "EVP_sha1")]
    internal static partial nint Sha1();

    [LibraryImport(Crypto, EntryPoint = "EVP_aes_128_gcm")]
    internal static partial nint Aes128Gcm();

    [LibraryImport(Crypto, EntryPoint = "EVP_aes_128_ctr")]
    internal static partial nint Aes128Ctr();

    [LibraryImport(Crypto, EntryPoint = "EVP_CIPHER_CTX_new")]
    internal static partial CipherContextHandle NewCipherContext();

    [LibraryImport(Crypto, EntryPoint = "EVP_CIPHER_CTX_free")]
    internal static partial void FreeCipherContext(nint context);

    [LibraryImport(Crypto, EntryPoint = "EVP_CipherInit_ex")]
    internal static partial int InitCipher(CipherContextHandle context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Crypto, EntryPoint = "HMAC_CTX_new")]
    internal static partial HmacContextHandle NewHmacContext();

    [LibraryImport(Crypto, EntryPoint = "HMAC_CTX_free")]
    internal static partial void FreeHmacContext(nint context);

    [LibraryImport(Crypto, EntryPoint = "HMAC_Init_ex")]
    internal static partial int InitHmac(HmacContextHandle context, byte* key, int length, nint digest, nint engine);

    // The calls below run once or more per packet, take about a microsecond at most, and never come back to managed code. They take the
    // bare pointer because counting references on a SafeHandle costs two interlocked operations per call; the cipher that owns the handle
    // keeps it alive.

    [LibraryImport(Crypto, EntryPoint = "EVP_CipherInit_ex"), SuppressGCTransition]
    internal static partial int SetCipherIv(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Crypto, EntryPoint = "EVP_CipherUpdate"), SuppressGCTransition]
    internal static partial int UpdateCipher(nint context, byte* output, int* outputLength, byte* input, int inputLength);

    [LibraryImport(Crypto, EntryPoint = "EVP_CipherFinal_ex"), SuppressGCTransition]
    internal static partial int FinishCipher(nint context, byte* output, int* outputLength);

    [LibraryImport(Crypto, EntryPoint = "EVP_CIPHER_CTX_ctrl"), SuppressGCTransition]
    internal static partial int ControlCipher(nint context, int command, int number, byte* pointer);

    [LibraryImport(Crypto, EntryPoint = "HMAC_Init_ex"), SuppressGCTransition]
    internal static partial int RestartHmac(nint context, byte* key, int length, nint digest, nint engine);

    [LibraryImport(Crypto, EntryPoint = "HMAC_Update"), SuppressGCTransition]
    internal static partial int UpdateHmac(nint context, byte* data, nuint length);

    [LibraryImport(Crypto, EntryPoint = "HMAC_Final"), SuppressGCTransition]
    internal static partial int FinishHmac(nint context, byte* output, uint* length);
}
