using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Ice;

/// <summary>Our own client's side of ICE: the controlling agent (RFC 8445) with one candidate of its own and one ICE-lite server to reach.</summary>
/// <remarks>
/// Checks until the first answer, nominates, and then asks for consent again and again (RFC 7675). Its randomness is drawn from the
/// tie-breaker and the server's password, so a run repeats and nobody else can foretell a transaction. Belongs to one transport.
/// </remarks>
/// <param name="local">The credentials that we handed out.</param>
/// <param name="remote">The credentials that the server handed out.</param>
/// <param name="server">The server's candidate.</param>
/// <param name="tieBreaker">A random number, another one for each session (RFC 8445 §7.1.3).</param>
internal sealed class IceController(IceCredentials local, IceCredentials remote, TransportAddress server, ulong tieBreaker)
{
    /// <summary>The longest request in bytes, with the longest credentials; the destination needs no more.</summary>
    public const int MaxRequestLength = 600;

    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShortestConsentInterval = TimeSpan.FromSeconds(4);

    private readonly byte[] _username = Encoding.UTF8.GetBytes($"{remote.Ufrag}:{local.Ufrag}");
    private readonly byte[] _key = Encoding.UTF8.GetBytes(remote.Password);
    private readonly byte[] _transactionId = new byte[StunFormat.TransactionIdLength];
    private readonly uint _priority = HostCandidate.PriorityOf(HostCandidate.PeerReflexivePreference, ushort.MaxValue);
    private ulong _transactions;
    private bool _awaitsAnswer;
    private TimeSpan _interval;
    private TimeSpan _consentInterval;

    /// <summary>Where everything is sent.</summary>
    public TransportAddress Server { get; } = server;

    /// <summary>Whether the server has answered a check, so that DTLS may start.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Whether the server has answered the nomination.</summary>
    public bool IsNominated { get; private set; }

    /// <summary>
    /// When we must stop sending: 30 s after the last verified answer (RFC 7675 §5.1), and before the first one, 30 s after
    /// <see cref="Start"/>. An authenticated error makes it now.
    /// </summary>
    public Instant ConsentExpires { get; private set; } = Instant.Never;

    /// <summary>When <see cref="Tick"/> wants to be called next; <see cref="Instant.Never"/> before <see cref="Start"/> and after the end.</summary>
    public Instant NextTick { get; private set; } = Instant.Never;

    /// <summary>Whether the server was not reached, or is gone, or refused. There is no way back but a new session.</summary>
    public bool HasExpired(Instant now) => now >= ConsentExpires;

    /// <summary>Begins; the first check is due at once.</summary>
    public void Start(Instant now)
    {
        ConsentExpires = now + IceLiteAgent.ConsentLifetime;
        BeginTransaction(now);
    }

    /// <summary>Writes the check that is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="destination">At least <see cref="MaxRequestLength"/> bytes.</param>
    /// <returns>The number of bytes to send to <see cref="Server"/>; 0 when there is nothing to send.</returns>
    public int Tick(Instant now, Span<byte> destination)
    {
        if (now < NextTick) return 0;
        if (HasExpired(now))
        {
            NextTick = Instant.Never;
            return 0;
        }

        if (IsNominated)
        {
            // RFC 7675 §5.1: consent checks are not repeated; each is its own transaction, and the next one comes soon enough.
            BeginTransaction(now);
            NextTick = now + _consentInterval;
        }
        else
        {
            NextTick = now + _interval;
            _interval = TimeSpan.FromTicks(Math.Min(2 * _interval.Ticks, LongestInterval.Ticks));
        }

        NextTick = Instant.Earlier(NextTick, ConsentExpires);
        return WriteCheck(destination);
    }

    /// <summary>Takes a message from the server.</summary>
    /// <returns>True when it answers the check that is open: same transaction, MESSAGE-INTEGRITY by the server's password, no wrong FINGERPRINT.</returns>
    public bool Receive(Instant now, in StunReader response)
    {
        if (!response.IsBinding || response.Class is not (StunClass.SuccessResponse or StunClass.ErrorResponse)) return false;
        if (!_awaitsAnswer || HasExpired(now)) return false;
        if (!response.TransactionId.SequenceEqual(_transactionId)) return false;
        if (response.HasFingerprint && !response.VerifyFingerprint()) return false;
        if (!response.VerifyMessageIntegrity(_key)) return false;

        _awaitsAnswer = false;
        if (response.Class == StunClass.ErrorResponse) Fail(now);
        else Confirm(now);
        return true;
    }

    private void Confirm(Instant now)
    {
        ConsentExpires = now + IceLiteAgent.ConsentLifetime;
        if (IsNominated) return;
        if (IsConnected)
        {
            IsNominated = true;
            NextTick = now + _consentInterval;
            return;
        }

        IsConnected = true;
        BeginTransaction(now);
    }

    /// <summary>There is one pair only, and it failed (RFC 8445 §7.2.5.2.4).</summary>
    private void Fail(Instant now)
    {
        ConsentExpires = now;
        NextTick = Instant.Never;
    }

    /// <summary>Draws a transaction id and the pause to the next consent check (0.8–1.2 times 5 s).</summary>
    private void BeginTransaction(Instant now)
    {
        Span<byte> seed = stackalloc byte[16];
        Span<byte> drawn = stackalloc byte[HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt64BigEndian(seed, tieBreaker);
        BinaryPrimitives.WriteUInt64BigEndian(seed[8..], _transactions++);
        HMACSHA256.HashData(_key, seed, drawn);
        drawn[.._transactionId.Length].CopyTo(_transactionId);
        var fraction = BinaryPrimitives.ReadUInt16BigEndian(drawn[_transactionId.Length..]) / 65_536.0;
        _consentInterval = ShortestConsentInterval + TimeSpan.FromSeconds(2 * fraction);

        _awaitsAnswer = true;
        _interval = FirstInterval;
        NextTick = now;
    }

    private int WriteCheck(Span<byte> destination)
    {
        var writer = StunWriter.Request(destination, _transactionId);
        writer.AddUsername(_username);
        writer.AddPriority(_priority);
        writer.AddIceControlling(tieBreaker);
        // In consent checks too: if our address changes on the way (a rebound NAT), the server follows with the next one.
        if (IsConnected) writer.AddUseCandidate();
        return writer.Finish(_key);
    }
}
