using System.Diagnostics;
using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Srtp;

/// <summary>An HMAC-SHA1 whose key is set once.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed unsafe class EvpHmac : IDisposable
{
    /// <summary>Length of the whole digest in bytes.</summary>
    internal const int DigestLength = 20;

    private readonly HmacContextHandle _handle;
    private nint _context;

    internal EvpHmac(ReadOnlySpan<byte> key)
    {
        OpenSsl.ClearErrors();
        _handle = OpenSsl.NewHmacContext();
        if (_handle.IsInvalid)
            throw OpenSsl.Failure("HMAC_CTX_new");

        fixed (byte* bytes = key)
            OpenSsl.Check(OpenSsl.InitHmac(_handle, bytes, key.Length, OpenSsl.Sha1(), 0), "HMAC_Init_ex");
        _context = _handle.DangerousGetHandle();
    }

    /// <summary>Computes the digest of three pieces one after the other.</summary>
    /// <param name="first">Not empty.</param>
    /// <param name="second">May be empty.</param>
    /// <param name="third">Not empty.</param>
    /// <param name="digest">Takes <see cref="DigestLength"/> bytes.</param>
    internal void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> digest)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, DigestLength);
        int result;
        uint length;
        fixed (byte* a = first, b = second, c = third, output = digest)
        {
            result = OpenSsl.RestartHmac(_context, null, 0, 0, 0)
                & OpenSsl.UpdateHmac(_context, a, (nuint)first.Length)
                & (second.IsEmpty ? 1 : OpenSsl.UpdateHmac(_context, b, (nuint)second.Length))
                & OpenSsl.UpdateHmac(_context, c, (nuint)third.Length)
                & OpenSsl.FinishHmac(_context, output, &length);
        }

        GC.KeepAlive(_handle);
        if (result != 1)
            throw new UnreachableException("OpenSSL refused a call that depends on nothing from outside.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context = 0;
        _handle.Dispose();
    }
}
