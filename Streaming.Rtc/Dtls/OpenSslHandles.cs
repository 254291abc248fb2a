using System.Runtime.InteropServices;

namespace Streaming.Rtc.Dtls;

/// <summary>An <c>SSL_CTX</c>: certificate and settings that associations share. OpenSSL counts the associations that still use it.</summary>
internal sealed class SslContextHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeContext(handle);
        return true;
    }
}

/// <summary>An <c>SSL</c>: one association, with its BIO.</summary>
internal sealed class SslHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeSsl(handle);
        return true;
    }
}

/// <summary>An <c>EVP_CIPHER_CTX</c>: a cipher with its key schedule.</summary>
internal sealed class CipherContextHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeCipherContext(handle);
        return true;
    }
}

/// <summary>An <c>HMAC_CTX</c>: a keyed digest.</summary>
internal sealed class HmacContextHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeHmacContext(handle);
        return true;
    }
}
