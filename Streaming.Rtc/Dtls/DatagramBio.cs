using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Rtc.Dtls;

/// <summary>What one association's OpenSSL object reads from and writes to: one read or write is one datagram, as a memory BIO cannot promise.</summary>
/// <remarks>
/// The native BIO holds the only GC handle to this object, and frees it when OpenSSL frees the BIO. This object knows nothing of the
/// <see cref="SslHandle"/> that owns the BIO, so an association that nobody disposes can still be finalised.
/// </remarks>
internal sealed unsafe class DatagramBio
{
    private static readonly nint Method = CreateMethod();

    private readonly byte[] _expectedFingerprint;
    private byte* _incoming;
    private int _incomingLength;

    internal DatagramBio(ReadOnlySpan<byte> expectedFingerprint) => _expectedFingerprint = expectedFingerprint.ToArray();

    /// <summary>Where OpenSSL's datagrams go.</summary>
    internal DtlsOutbox Outbox { get; } = new();

    /// <summary>Whether what OpenSSL writes is part of the handshake.</summary>
    internal bool KeepsFlights { get; set; } = true;

    /// <summary>SHA-256 of the only certificate that the peer may show.</summary>
    internal ReadOnlySpan<byte> ExpectedFingerprint => _expectedFingerprint;

    /// <summary>Whether the peer showed another certificate than the expected one.</summary>
    internal bool FingerprintRefused { get; set; }

    /// <summary>Whether the datagram given last still waits to be read.</summary>
    internal bool HasIncoming => _incoming is not null;

    /// <summary>Puts a native BIO on this object and gives it to <paramref name="ssl"/>, which owns it from then on.</summary>
    internal void AttachTo(SslHandle ssl)
    {
        var bio = OpenSsl.NewBio(Method);
        if (bio == 0)
            throw OpenSsl.Failure("BIO_new");

        OpenSsl.SetBioData(bio, GCHandle.ToIntPtr(GCHandle.Alloc(this)));
        OpenSsl.SetBioInit(bio, 1);
        OpenSsl.SetBio(ssl, bio, bio);
    }

    /// <summary>The object behind a native BIO of ours; null when it is being freed.</summary>
    internal static DatagramBio? From(nint bio) =>
        OpenSsl.GetBioData(bio) is var data and not 0 ? GCHandle.FromIntPtr(data).Target as DatagramBio : null;

    /// <summary>Lays one datagram ready to be read. It must stay where it is until <see cref="Withdraw"/>.</summary>
    internal void Offer(byte* datagram, int length)
    {
        _incoming = datagram;
        _incomingLength = length;
    }

    /// <summary>Takes back what was not read.</summary>
    internal void Withdraw()
    {
        _incoming = null;
        _incomingLength = 0;
    }

    private static nint CreateMethod()
    {
        var method = OpenSsl.NewBioMethod(OpenSsl.NewBioIndex() | OpenSsl.BioTypeSourceSink, "datagrams");
        if (method == 0)
            throw OpenSsl.Failure("BIO_meth_new");

        OpenSsl.Check(OpenSsl.SetBioRead(method, &Read), "BIO_meth_set_read");
        OpenSsl.Check(OpenSsl.SetBioWrite(method, &Write), "BIO_meth_set_write");
        OpenSsl.Check(OpenSsl.SetBioControl(method, &Control), "BIO_meth_set_ctrl");
        OpenSsl.Check(OpenSsl.SetBioDestroy(method, &Destroy), "BIO_meth_set_destroy");
        return method;
    }

    // An exception must not unwind through OpenSSL's frames: each callback turns it into the failure that OpenSSL understands.

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* buffer, int capacity)
    {
        try
        {
            OpenSsl.ClearBioFlags(bio, OpenSsl.BioFlagsAll);
            if (From(bio) is not { HasIncoming: true } self)
            {
                OpenSsl.SetBioFlags(bio, OpenSsl.BioFlagRead | OpenSsl.BioFlagsRetry);
                return -1;
            }

            var length = Math.Min(self._incomingLength, capacity);
            new ReadOnlySpan<byte>(self._incoming, length).CopyTo(new Span<byte>(buffer, length));
            self.Withdraw();
            return length;
        }
        catch (Exception)
        {
            return -1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* buffer, int length)
    {
        try
        {
            OpenSsl.ClearBioFlags(bio, OpenSsl.BioFlagsAll);
            if (From(bio) is not { } self)
                return -1;

            self.Outbox.Write(new ReadOnlySpan<byte>(buffer, length), self.KeepsFlights);
            return length;
        }
        catch (Exception)
        {
            return -1;
        }
    }

    // Everything else (MTU queries, timers, pending bytes) is answered "no": the MTU is set from outside, and so is the time.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, void* pointer) => command == OpenSsl.BioControlFlush ? 1 : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Destroy(nint bio)
    {
        try
        {
            if (OpenSsl.GetBioData(bio) is var data and not 0)
            {
                OpenSsl.SetBioData(bio, 0);
                GCHandle.FromIntPtr(data).Free();
            }

            return 1;
        }
        catch (Exception)
        {
            return 0;
        }
    }
}
