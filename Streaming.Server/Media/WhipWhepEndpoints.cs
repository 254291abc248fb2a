using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Classrooms;
using Streaming.Server.Http;
using Streaming.Server.Turn;

namespace Streaming.Server.Media;

/// <summary>WHIP (RFC 9725) and WHEP: one POST opens a session, one DELETE ends it. Answers hold all candidates, so nothing trickles.</summary>
internal static class WhipWhepEndpoints
{
    private const string Sdp = "application/sdp";

    public static void MapWhipAndWhep(this IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "whip", MediaKind.Publish);
        Map(endpoints, "whep", MediaKind.Watch);
    }

    private static void Map(IEndpointRouteBuilder endpoints, string door, MediaKind kind)
    {
        var group = endpoints.MapGroup($"/{door}/{{class}}").RequireCors(CorsSetup.Policy);
        group.MapPost("", (HttpContext context, string @class, MediaNegotiation media, TurnCredentials turn) => OpenAsync(context, @class, door, kind, media, turn))
            .RequireAuthorization().AddEndpointFilter(new MediaDoorFilter(door));
        group.MapDelete("/{session}", (HttpContext context, string @class, string session, MediaNegotiation media) =>
            CloseAsync(context, @class, session, kind, media)).RequireAuthorization().AddEndpointFilter(new MediaDoorFilter(door));
        group.MapMethods("", [HttpMethods.Options], context => DescribeAsync(context, "OPTIONS, POST"));
        group.MapMethods("/{session}", [HttpMethods.Options], context => DescribeAsync(context, "DELETE, OPTIONS"));
    }

    private static async Task OpenAsync(HttpContext context, string classId, string door, MediaKind kind, MediaNegotiation media, TurnCredentials turn)
    {
        var who = TicketIdentity.Of(context.User);
        var device = kind == MediaKind.Watch ? context.Request.Query["device"].ToString() : "";
        var refusal = MayEnter(who, classId)
            ?? (device.Length == 0 || Ids.IsValid(device) ? null : new Refusal(HubErrors.BadRequest, $"The device is {Ids.Rule}."))
            ?? (kind == MediaKind.Publish && who.Role != Role.Teacher ? Refusal.TeacherOnly : null)
            ?? (IsSdp(context.Request) ? null : new Refusal(ProblemCodes.MediaTypeUnsupported, $"Send the offer as Content-Type: {Sdp}."))
            ?? (IsPlain(context.Request) ? null : new Refusal(ProblemCodes.MediaTypeUnsupported, "Send the offer as Content-Encoding: gzip, or as it is."));
        if (refusal is not null)
        {
            context.Response.Headers.AcceptEncoding = refusal.Code == ProblemCodes.MediaTypeUnsupported ? "gzip" : default(StringValues);   // RFC 9110 §12.5.3
            await RefuseAsync(context, refusal);
            return;
        }

        var (body, unread) = await ReadAsync(context.Request);
        if (body is null)
        {
            await RefuseAsync(context, unread!);
            return;
        }

        var outcome = await media.OpenAsync(who, kind, device.Length == 0 ? null : device, Encoding.UTF8.GetString(body), context.RequestAborted);
        if (outcome.Answer is not { } answer)
        {
            if (outcome.Refusal!.Code == HubErrors.Elsewhere)
            {
                // RFC 9725 §4.5: a client follows a redirect with the same request.
                context.Response.Headers.Location = $"{outcome.Refusal.Sentence}/{door}/{classId}{context.Request.QueryString}";
            }

            await RefuseAsync(context, outcome.Refusal);
            return;
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"{context.Request.PathBase}/{door}/{classId}/{answer.Session}";
        response.Headers.ETag = $"\"{answer.Session}\"";
        response.Headers.CacheControl = "no-store";
        response.Headers.Link = turn.MakeLinks().ToArray();
        response.ContentType = Sdp;
        await response.WriteAsync(answer.Sdp, context.RequestAborted);
    }

    /// <summary>The offer, or why it cannot be read.</summary>
    private static async Task<(byte[]? Offer, Refusal? Refusal)> ReadAsync(HttpRequest request)
    {
        try
        {
            return await BoundedBody.ReadAsync(request, MediaOffer.MaxSdpLength) is { } offer ? (offer, null) : (null, Refusal.SdpTooLarge);
        }
        catch (InvalidDataException)
        {
            return (null, Refusal.SdpBroken);
        }
    }

    private static async Task CloseAsync(HttpContext context, string classId, string session, MediaKind kind, MediaNegotiation media)
    {
        var who = TicketIdentity.Of(context.User);
        var refusal = MayEnter(who, classId) ?? await media.DeleteAsync(who, kind, session, context.RequestAborted);
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal);
        }
    }

    private static Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        context.Items[typeof(Refusal)] = refusal;
        return Problems.WriteAsync(context, refusal);
    }

    private static Refusal? MayEnter(Identity who, string classId) =>
        !Ids.IsValid(classId) ? Refusal.ClassNotFound : classId != who.Class ? Refusal.WrongClass : null;

    private static bool IsSdp(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(Sdp, StringComparison.OrdinalIgnoreCase);

    // What the server can unpack it has unpacked by now, and taken the header away.
    private static bool IsPlain(HttpRequest request) => request.Headers.ContentEncoding.All(coding => coding is null or "" or "identity");

    private static Task DescribeAsync(HttpContext context, string allowed)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Allow = allowed;
        context.Response.Headers["Accept-Post"] = Sdp;
        return Task.CompletedTask;
    }
}
