using System.Diagnostics;
using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Srtp;

/// <summary>An OpenSSL cipher whose key is set once; per packet only the IV changes.</summary>
/// <remarks>Setting a key costs several times what a packet costs. Used by one thread at a time.</remarks>
internal sealed unsafe class EvpCipher : IDisposable
{
    private const int KeepDirection = -1;

    private readonly CipherContextHandle _handle;
    private nint _context;

    /// <summary>Makes a context and its key schedule.</summary>
    /// <param name="algorithm">An <c>EVP_CIPHER</c> with a 16-byte key.</param>
    /// <param name="key">16 bytes.</param>
    /// <param name="encrypts">Which direction.</param>
    internal EvpCipher(nint algorithm, ReadOnlySpan<byte> key, bool encrypts)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, SrtpProfiles.KeyLength);
        OpenSsl.ClearErrors();
        _handle = OpenSsl.NewCipherContext();
        if (_handle.IsInvalid)
            throw OpenSsl.Failure("EVP_CIPHER_CTX_new");

        fixed (byte* bytes = key)
            OpenSsl.Check(OpenSsl.InitCipher(_handle, algorithm, 0, bytes, null, encrypts ? 1 : 0), "EVP_CipherInit_ex");
        _context = _handle.DangerousGetHandle();
    }

    /// <summary>Begins a packet.</summary>
    internal void Begin(ReadOnlySpan<byte> iv)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        int result;
        fixed (byte* start = iv)
            result = OpenSsl.SetCipherIv(_context, 0, 0, null, start, KeepDirection);
        Require(result);
    }

    /// <summary>Authenticates without encrypting; before <see cref="Transform"/>.</summary>
    internal void Authenticate(ReadOnlySpan<byte> data)
    {
        int written, result;
        fixed (byte* start = data)
            result = OpenSsl.UpdateCipher(_context, null, &written, start, data.Length);
        Require(result);
    }

    /// <summary>Encrypts or decrypts.</summary>
    /// <param name="input">Exactly where <paramref name="output"/> begins, or apart from it.</param>
    /// <param name="output">At least as long.</param>
    internal void Transform(ReadOnlySpan<byte> input, Span<byte> output)
    {
        // OpenSSL takes a call without output for authenticated data, so an empty span must not become one.
        if (input.IsEmpty)
            return;

        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, input.Length);
        int written, result;
        fixed (byte* from = input, to = output)
            result = OpenSsl.UpdateCipher(_context, to, &written, from, input.Length);
        Require(result);
    }

    /// <summary>Ends an encrypted GCM packet with its 16-byte tag.</summary>
    internal void WriteTag(Span<byte> tag)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tag.Length, SrtpGcmCipher.Tag);
        var none = stackalloc byte[SrtpGcmCipher.Tag];
        int written;
        Require(OpenSsl.FinishCipher(_context, none, &written));
        int result;
        fixed (byte* start = tag)
            result = OpenSsl.ControlCipher(_context, OpenSsl.GcmGetTag, tag.Length, start);
        Require(result);
    }

    /// <summary>Ends a decrypted GCM packet: whether its 16-byte tag is right.</summary>
    internal bool MatchesTag(ReadOnlySpan<byte> tag)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tag.Length, SrtpGcmCipher.Tag);
        int result;
        fixed (byte* start = tag)
            result = OpenSsl.ControlCipher(_context, OpenSsl.GcmSetTag, tag.Length, start);
        Require(result);

        var none = stackalloc byte[SrtpGcmCipher.Tag];
        int written;
        return OpenSsl.FinishCipher(_context, none, &written) > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context = 0;
        _handle.Dispose();
    }

    // The finaliser of the handle must not run while a bare pointer is in use.
    private void Require(int result)
    {
        GC.KeepAlive(_handle);
        if (result != 1)
            throw new UnreachableException("OpenSSL refused a call that depends on nothing from outside.");
    }
}
