using System.Security.Cryptography;
using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Media;

/// <summary>An answer with the session's name, or why there is none.</summary>
internal readonly record struct MediaOutcome(MediaAnswer? Answer, Refusal? Refusal)
{
    public static implicit operator MediaOutcome(Refusal refusal) => new(null, refusal);
}

/// <summary>Opens media sessions, for the hub and for WHIP and WHEP alike.</summary>
/// <remarks>
/// The class is asked first, the offer is answered on the caller's thread, and the class is told of the session only then: a refused
/// offer leaves no trace that anybody sees.
/// </remarks>
internal sealed class MediaNegotiation(IMediaGateway gateway, ClassroomDirectory classes)
{
    /// <summary>Opens a session of a hub connection.</summary>
    public Task<MediaOutcome> OpenAsync(
        ClassroomRunner runner, Identity who, Caller caller, MediaKind kind, string? sdp, CancellationToken cancellationToken) =>
        OpenAsync(async announce => (runner, await announce(runner)), who, caller, device: null, kind, sdp, cancellationToken);

    /// <summary>Opens a session of a WHIP or WHEP client, and its class if need be.</summary>
    /// <param name="who">The ticket's bearer.</param>
    /// <param name="kind">Publishing or watching.</param>
    /// <param name="device">The name by which the client's page may join the hub later, and be one with this session; null for none.</param>
    /// <param name="sdp">The offer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<MediaOutcome> OpenAsync(Identity who, MediaKind kind, string? device, string? sdp, CancellationToken cancellationToken) =>
        OpenAsync(announce => classes.AskAsync(who, announce), who, caller: null, device, kind, sdp, cancellationToken);

    /// <summary>Ends the session of a WHIP or WHEP client.</summary>
    public async Task<Refusal?> DeleteAsync(Identity who, MediaKind kind, string session, CancellationToken cancellationToken)
    {
        if (classes.Find(who.Class) is not { } runner)
        {
            return Refusal.SessionNotFound;
        }

        var reply = who.Role == Role.Inspector
            ? await runner.AskAsync(new ObserverDeleteMedia(who.Member, session), cancellationToken)
            : await runner.AskAsync(new DeleteMedia(who.Member, kind, session), cancellationToken);
        return reply.Refusal;
    }

    private async Task<MediaOutcome> OpenAsync(
        Func<Func<ClassroomRunner, Task<ClassroomReply>>, Task<(ClassroomRunner? Runner, ClassroomReply Reply)>> announce,
        Identity who,
        Caller? caller,
        string? device,
        MediaKind kind,
        string? sdp,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(sdp) || sdp.Length > MediaOffer.MaxSdpLength)
        {
            return string.IsNullOrWhiteSpace(sdp) ? Refusal.SdpMissing : Refusal.SdpTooLarge;
        }

        var session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var owner = new MediaOwner(who.Class, who.Member, caller?.Device ?? device ?? Classroom.MediaOnlyDevice(session), session);
        var observer = who.Role == Role.Inspector;

        // Without the token: given up here, the announcement would stay in the class and keep it open for ever.
        var (runner, reply) = await announce(asked => observer
            ? asked.AskAsync(new ObserverOpenMedia(who, caller, session, device))
            : asked.AskAsync(new OpenMedia(who, caller, kind, session, device)));
        if (runner is null || reply.Refusal is not null)
        {
            return reply.Refusal ?? Refusal.Busy;
        }

        var opened = false;
        try
        {
            var result = kind == MediaKind.Publish
                ? await gateway.PublishAsync(owner, sdp, cancellationToken)
                : await gateway.WatchAsync(owner, observer, sdp, cancellationToken);
            if (result.Refusal is { } refused)
            {
                return refused;
            }

            var confirmed = observer
                ? await runner.AskAsync(new ObserverMediaOpened(session), cancellationToken)
                : await runner.AskAsync(new MediaOpened(session, result.Sources), cancellationToken);
            if (confirmed.Refusal is { } late)
            {
                return late;
            }

            opened = true;
            return new MediaOutcome(new MediaAnswer(result.Sdp!, session), null);
        }
        finally
        {
            if (!opened)
            {
                gateway.Close(session);
                runner.Tell(new MediaEnded(session));
            }
        }
    }
}
