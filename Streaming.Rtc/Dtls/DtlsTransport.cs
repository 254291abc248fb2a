using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Dtls;

/// <summary>One DTLS 1.2 association that agrees on SRTP keys (RFC 6347, RFC 5764).</summary>
/// <remarks>
/// Owned by one thread at a time; it may move between threads between calls. The caller carries datagrams and tells the time. After any
/// call, take what <see cref="TryTakeOutgoing"/> has and look at <see cref="State"/> and <see cref="NextTick"/>.
/// As client it depends on the server answering a repeated flight from its plaintext records, as this class does: should the server's very
/// last flight be lost, a server that looks at the Finished message only takes our copy for a replay. The keys are there before that flight, and
/// when it has not come in the time that a handshake may take, they stay. From then on the association is deaf and mute: OpenSSL, still in its
/// handshake, would take anybody's plaintext alert for the end, and neither reads nor writes a close_notify. The peer's consent tells when it is gone.
/// </remarks>
internal sealed unsafe class DtlsTransport : IDisposable
{
    /// <summary>How long a handshake may take.</summary>
    internal static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The largest datagram that is sent: it fits every path that browsers assume.</summary>
    internal const int Mtu = 1200;

    private static readonly TimeSpan FirstRepeat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestFirstRepeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRepeat = TimeSpan.FromSeconds(3);

    // A peer that lost our last flight repeats its own in several datagrams; one answer serves them all.
    private static readonly TimeSpan AnswerPause = TimeSpan.FromMilliseconds(20);

    private readonly SslHandle _ssl;
    private readonly DatagramBio _bio;
    private readonly DtlsRole _role;

    private bool _started;
    private bool _isAnswered;
    private int _repeats;
    private Instant? _flightAt;
    private TimeSpan _repeatAfter = FirstRepeat;
    private Instant _repeatAt = Instant.Never;
    private Instant _giveUpAt = Instant.Never;
    private Instant _answerNoEarlier = Instant.LongAgo;

    /// <summary>Makes an association that has not begun.</summary>
    /// <param name="certificate">Ours.</param>
    /// <param name="role">Which end we are.</param>
    /// <param name="expectedFingerprint">SHA-256 of the peer's certificate as signalled, 32 bytes.</param>
    /// <param name="onlyProfile">The only SRTP profile to offer or accept; null for all, GCM first.</param>
    /// <exception cref="ArgumentException">The fingerprint is not 32 bytes long.</exception>
    internal DtlsTransport(
        DtlsCertificate certificate, DtlsRole role, ReadOnlyMemory<byte> expectedFingerprint, SrtpProfile? onlyProfile = null)
    {
        if (expectedFingerprint.Length != 32)
            throw new ArgumentException("A SHA-256 fingerprint has 32 bytes.", nameof(expectedFingerprint));

        OpenSsl.ClearErrors();
        _role = role;
        _bio = new DatagramBio(expectedFingerprint.Span);
        _ssl = OpenSsl.NewSsl(certificate.Context);
        if (_ssl.IsInvalid)
            throw OpenSsl.Failure("SSL_new");

        try
        {
            _bio.AttachTo(_ssl);
            OpenSsl.Check(OpenSsl.SetSrtpProfiles(_ssl, SrtpProfiles.Names(onlyProfile)) + 1, "SSL_set_tlsext_use_srtp");
            OpenSsl.Control(_ssl, OpenSsl.CtrlSetMtu, Mtu, null);
            OpenSsl.SetTimerCallback(_ssl, &NeverRepeat);
            if (role == DtlsRole.Server)
                OpenSsl.SetAcceptState(_ssl);
            else
                OpenSsl.SetConnectState(_ssl);
        }
        catch
        {
            _ssl.Dispose();
            throw;
        }
    }

    /// <summary>How often a hello is repeated while nothing at all comes back. Without a limit by default.</summary>
    internal int MostUnanswered { get; init; } = int.MaxValue;

    /// <summary>Where the association stands.</summary>
    internal DtlsState State { get; private set; }

    /// <summary>Why it failed, if it did.</summary>
    internal DtlsFailure Failure { get; private set; }

    /// <summary>
    /// The keys, once <see cref="DtlsState.Connected"/>, and for a client half a round trip sooner: with its last flight. They stay after closing, not after failing.
    /// </summary>
    /// <remarks>
    /// What is sent under them so early only the holder of the signalled certificate can read: its signature over the key exchange is checked by then, and
    /// only suites with forward secrecy are offered. That is RFC 7918 (false start), for media.
    /// </remarks>
    internal SrtpKeys? Keys { get; private set; }

    /// <summary>Whether the peer has said its last word: until then nothing but what comes under the keys shows that it has them, too.</summary>
    internal bool IsProven { get; private set; }

    /// <summary>When <see cref="Tick"/> wants to be called; <see cref="Instant.Never"/> when nothing is due.</summary>
    internal Instant NextTick => State == DtlsState.Handshaking ? Instant.Earlier(_repeatAt, _giveUpAt) : Instant.Never;

    /// <summary>Begins: a client says hello, a server starts to wait.</summary>
    internal void Start(Instant now)
    {
        if (_started)
            return;

        _started = true;
        _giveUpAt = now + HandshakeTimeout;
        if (_role == DtlsRole.Client)
            Handshake(now);
    }

    /// <summary>Takes one datagram from the peer. Whatever it holds, this does not throw.</summary>
    /// <param name="now">The time.</param>
    /// <param name="datagram">Valid until this method returns.</param>
    internal void Receive(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (State is DtlsState.Closed or DtlsState.Failed || IsDeaf || _ssl.IsClosed || !DtlsRecords.AreValid(datagram))
            return;

        Start(now);
        _isAnswered = true;
        AnswerRepeatedFlight(now, datagram);
        fixed (byte* start = datagram)
        {
            _bio.Offer(start, datagram.Length);
            try
            {
                if (State == DtlsState.Handshaking)
                    Handshake(now);
                if (State == DtlsState.Connected)
                    ReadToEnd();
            }
            finally
            {
                _bio.Withdraw();
            }
        }
    }

    /// <summary>Repeats the last flight or gives up, when due.</summary>
    internal void Tick(Instant now)
    {
        if (State != DtlsState.Handshaking || now < NextTick)
            return;

        if (now >= _giveUpAt)
        {
            if (Keys is null)
                Fail(DtlsFailure.TimedOut);
            else
                State = DtlsState.Connected;
            return;
        }

        _bio.Outbox.RepeatFlight();
        _repeatAfter = _repeatAfter * 2 < LongestRepeat ? _repeatAfter * 2 : LongestRepeat;
        _repeatAt = ++_repeats < MostUnanswered || _isAnswered ? now + _repeatAfter : Instant.Never;
    }

    /// <summary>Takes the next datagram to send.</summary>
    /// <param name="destination">At least 1,500 bytes.</param>
    /// <param name="length">How many of them are the datagram.</param>
    internal bool TryTakeOutgoing(Span<byte> destination, out int length) => _bio.Outbox.TryTake(destination, out length);

    /// <summary>Ends the association and leaves a close_notify to be sent, when the peer has said its last word; before that OpenSSL has none.</summary>
    internal void Close()
    {
        if (State is DtlsState.Closed or DtlsState.Failed)
            return;

        if (IsProven)
            SayClosed();
        State = DtlsState.Closed;
    }

    /// <summary>Frees what OpenSSL holds. Nothing is sent; call <see cref="Close"/> first to tell the peer.</summary>
    public void Dispose()
    {
        if (State is DtlsState.Handshaking or DtlsState.Connected)
            State = DtlsState.Closed;
        _ssl.Dispose();
    }

    // Connected because the time was over, and not by the peer's last word.
    private bool IsDeaf => State == DtlsState.Connected && !IsProven;

    // OpenSSL's own timer reads the wall clock. 71 minutes puts it out of every handshake's reach; Tick repeats instead.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint NeverRepeat(nint ssl, uint microseconds) => uint.MaxValue;

    private void Handshake(Instant now)
    {
        _bio.Outbox.BeginStep();
        OpenSsl.ClearErrors();
        var result = OpenSsl.DoHandshake(_ssl);
        if (result == 1)
        {
            Establish();
            return;
        }

        if (OpenSsl.GetError(_ssl, result) is not (OpenSsl.ErrorWantRead or OpenSsl.ErrorWantWrite))
        {
            Fail(_bio.FingerprintRefused ? DtlsFailure.WrongFingerprint : DtlsFailure.ProtocolError);
            return;
        }

        if (!_bio.Outbox.WroteFlight)
            return;

        _repeatAfter = RepeatAfter(now);
        (_flightAt, _repeatAt) = (now, now + _repeatAfter);
        if (_role == DtlsRole.Client && Keys is null && _bio.Outbox.FlightIsFinished)
            TakeKeys();
    }

    // Twice what it took until the last flight was answered: on a slow link copies would stand in the way of what they repeat. That may be more than a
    // round trip, when the flight had to be repeated; on such a link a little patience does no harm either.
    private TimeSpan RepeatAfter(Instant now)
    {
        if (_flightAt is not { } sent)
            return FirstRepeat;

        var twice = (now - sent) * 2;
        return twice < FirstRepeat ? FirstRepeat : twice < LongestFirstRepeat ? twice : LongestFirstRepeat;
    }

    private void Establish()
    {
        _bio.KeepsFlights = false;
        if (Keys is not null || TakeKeys())
            (State, IsProven) = (DtlsState.Connected, true);
    }

    /// <returns>False when there are none to be had, and the association has failed.</returns>
    private bool TakeKeys()
    {
        var selected = OpenSsl.GetSelectedSrtpProfile(_ssl);
        if (selected is null || !SrtpProfiles.TryFrom(selected[1], out var profile))
        {
            SayClosed();
            Fail(DtlsFailure.NoCommonSrtpProfile);
            return false;
        }

        Span<byte> material = stackalloc byte[SrtpProfiles.ExporterLength(profile)];
        var label = "EXTRACTOR-dtls_srtp"u8;
        int exported;
        fixed (byte* output = material, name = label)
            exported = OpenSsl.ExportKeyingMaterial(_ssl, output, (nuint)material.Length, name, (nuint)label.Length, null, 0, 0);

        if (exported != 1)
        {
            Fail(DtlsFailure.ProtocolError);
            return false;
        }

        Keys = SrtpKeys.FromExporter(profile, material, _role);
        material.Clear();
        return true;
    }

    // After the handshake the server alone can know that its last flight was lost: the peer repeats its own. OpenSSL answers only a Finished
    // message under a new record number, and then the peer gets both answers, which does no harm.
    private void AnswerRepeatedFlight(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (State != DtlsState.Connected || _role != DtlsRole.Server || now < _answerNoEarlier || !DtlsRecords.HavePlainHandshake(datagram))
            return;

        _answerNoEarlier = now + AnswerPause;
        _bio.Outbox.RepeatFlight();
    }

    // There is no application data in WebRTC without data channels; reading serves to see repeats, alerts and close_notify.
    private void ReadToEnd()
    {
        var buffer = stackalloc byte[512];
        int result;
        do
        {
            OpenSsl.ClearErrors();
            result = OpenSsl.Read(_ssl, buffer, 512);
        }
        while (result > 0);

        switch (OpenSsl.GetError(_ssl, result))
        {
            case OpenSsl.ErrorWantRead or OpenSsl.ErrorWantWrite:
                break;
            case OpenSsl.ErrorZeroReturn:
                SayClosed();
                State = DtlsState.Closed;
                break;
            default:
                Fail(DtlsFailure.ProtocolError);
                break;
        }
    }

    private void SayClosed()
    {
        OpenSsl.ClearErrors();
        OpenSsl.Shutdown(_ssl);
        OpenSsl.ClearErrors();
    }

    private void Fail(DtlsFailure failure)
    {
        // What OpenSSL left in its queue must not be found by the next user of this thread.
        OpenSsl.ClearErrors();
        (State, Failure, Keys) = (DtlsState.Failed, failure, null);
    }
}
