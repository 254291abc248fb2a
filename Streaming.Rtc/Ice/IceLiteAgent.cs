using System.Text;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Ice;

/// <summary>What one binding request meant for a transport.</summary>
internal enum IceVerdict
{
    /// <summary>Not believed or not allowed; nothing changed.</summary>
    Dropped,

    /// <summary>A verified check that leaves the send address where it is.</summary>
    Kept,

    /// <summary>The first verified check: there is an address now, and DTLS may start.</summary>
    FirstPath,

    /// <summary>A nomination moved the send address.</summary>
    PathMoved,
}

/// <summary>The server's side of ICE for one transport: a lite agent (RFC 8445 §2.5), always controlled, that answers checks and sends none.</summary>
/// <remarks>
/// Belongs to one transport; only its worker calls it; allocates nothing per request. A check is believed when its user name is exactly
/// "local:remote" and its MESSAGE-INTEGRITY was made with our password. An answer to a sender who did not prove that much is never longer
/// than the request, so it amplifies nothing for a forged source address.
/// </remarks>
/// <param name="local">The credentials that we handed out.</param>
/// <param name="remote">The credentials that the peer handed out.</param>
internal sealed class IceLiteAgent(IceCredentials local, IceCredentials remote)
{
    /// <summary>RFC 7675 §5.1: how long a verified check allows us to send.</summary>
    public static readonly TimeSpan ConsentLifetime = TimeSpan.FromSeconds(30);

    /// <summary>The longest answer in bytes; the response buffer needs no more.</summary>
    public const int MaxResponseLength = 96;

    // A browser that nominates whatever answers (RFC 5245 §8.1.1.2) means the way of the highest priority, and repeats that within this time.
    private static readonly TimeSpan UdpHolds = TimeSpan.FromSeconds(3);

    private const int MaxListedAttributes = 8;
    private const int BadRequest = 400, Unauthenticated = 401, UnknownAttribute = 420, RoleConflict = 487;

    private readonly byte[] _username = Encoding.UTF8.GetBytes($"{local.Ufrag}:{remote.Ufrag}");
    private readonly byte[] _key = Encoding.UTF8.GetBytes(local.Password);
    private Instant _nominatedByUdp = Instant.LongAgo;

    /// <summary>
    /// Where to send: the source of the first verified check, because DTLS may come from there before any nomination; then whatever is
    /// nominated by USE-CANDIDATE (RFC 8445 §7.3.1.5). A peer whose address changes moves it by nominating again; from UDP to TCP only when
    /// UDP has not been nominated for 3 s.
    /// </summary>
    public TransportAddress? Remote { get; private set; }

    /// <summary>Whether the controlling agent has nominated a path.</summary>
    public bool IsNominated { get; private set; }

    /// <summary>
    /// When consent to send to <see cref="Remote"/> lapses: <see cref="ConsentLifetime"/> after the last verified check from there (checks
    /// from other addresses say nothing about that one). <see cref="Instant.Never"/> before the first.
    /// </summary>
    public Instant ConsentExpires { get; private set; } = Instant.Never;

    /// <summary>Judges one message and writes the answer that is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="request">The message, of any class and method.</param>
    /// <param name="from">Where it came from; the answer goes back there.</param>
    /// <param name="response">Gets the answer; at least <see cref="MaxResponseLength"/> bytes.</param>
    /// <param name="responseLength">The answer's length in bytes; 0 when nothing is to be sent.</param>
    /// <param name="dropped">Why, when the verdict is <see cref="IceVerdict.Dropped"/>.</param>
    public IceVerdict Receive(
        Instant now, in StunReader request, TransportAddress from, Span<byte> response, out int responseLength, out DropReason dropped)
    {
        dropped = Judge(request, out var error);
        if (dropped != DropReason.None)
        {
            responseLength = Refuse(request, error, response);
            return IceVerdict.Dropped;
        }

        var writer = StunWriter.SuccessResponse(response, request.TransactionId);
        writer.AddXorMappedAddress(from);
        responseLength = writer.Finish(_key);
        return Follow(now, from, request.UseCandidate);
    }

    private DropReason Judge(in StunReader request, out int error)
    {
        error = 0;
        if (!request.IsBinding || request.Class != StunClass.Request) return DropReason.StunMalformed;
        if (request.HasFingerprint && !request.VerifyFingerprint()) return DropReason.StunIntegrity;

        // The order and the codes are those of RFC 8489 §9.1.3 and §6.3.
        error = BadRequest;
        if (!request.HasMessageIntegrity || request.Username.IsEmpty) return DropReason.StunIntegrity;
        error = Unauthenticated;
        if (!request.Username.SequenceEqual(_username)) return DropReason.StunUnknownUser;
        if (!request.VerifyMessageIntegrity(_key)) return DropReason.StunIntegrity;
        error = UnknownAttribute;
        if (request.HasUnknownRequiredAttribute(out _)) return DropReason.StunRefused;
        // RFC 8445 §7.3.1.1: a peer that believes itself controlled has to change its mind, since a lite agent never controls (§6.1.1).
        error = RoleConflict;
        if (request.IceControlled is not null) return DropReason.StunRefused;

        error = 0;
        return DropReason.None;
    }

    private int Refuse(in StunReader request, int error, Span<byte> response)
    {
        if (error == 0) return 0;
        var writer = StunWriter.ErrorResponse(response, request.TransactionId);
        writer.AddErrorCode(error);
        if (error == UnknownAttribute)
        {
            Span<ushort> types = stackalloc ushort[MaxListedAttributes];
            writer.AddUnknownAttributes(types[..request.CopyUnknownRequiredAttributes(types)]);
        }

        // RFC 8489 §9.1.3: 400 and 401 carry no integrity; there is nobody yet whose key it could be.
        if (error is not (BadRequest or Unauthenticated)) return writer.Finish(_key);
        var length = writer.Finish(default);
        return length <= request.Length ? length : 0;
    }

    private IceVerdict Follow(Instant now, TransportAddress from, bool nominates)
    {
        var verdict = IceVerdict.Kept;
        var isHeld = from.IsTcp && Remote is { IsTcp: false } && now - _nominatedByUdp < UdpHolds;
        if (Remote is null) verdict = IceVerdict.FirstPath;
        else if (nominates && Remote != from && !isHeld) verdict = IceVerdict.PathMoved;
        if (nominates && !from.IsTcp) _nominatedByUdp = now;

        if (verdict != IceVerdict.Kept) Remote = from;
        if (Remote == from) ConsentExpires = now + ConsentLifetime;
        IsNominated |= nominates;
        return verdict;
    }
}
