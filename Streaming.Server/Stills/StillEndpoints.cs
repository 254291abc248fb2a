using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;
using Streaming.Server.Http;

namespace Streaming.Server.Stills;

/// <summary><c>/api/classes/{class}/stills</c>: the teacher's page sends stills of the screen, whoever has a ticket of the class fetches them.</summary>
internal static class StillEndpoints
{
    private const int SlowestPace = 8;
    private const int FastestPace = 1_000;

    public static void AddStills(this IServiceCollection services) => services.AddSingleton<ClassStills>();

    public static void MapStills(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/api/classes/{class}/stills").RequireCors(CorsSetup.Policy).RequireAuthorization();
        group.MapPost("", TakeAsync);
        group.MapGet("/{hash}", GiveAsync);
    }

    private static async Task TakeAsync(HttpContext context, string @class, ClassroomDirectory classes)
    {
        var who = TicketIdentity.Of(context.User);
        if ((MayEnter(who, @class) ?? (who.Role == Role.Teacher ? null : Refusal.TeacherOnly) ?? Judge(context.Request)) is { } refusal)
        {
            await Problems.WriteAsync(context, refusal);
            return;
        }

        if (await BoundedBody.ReadAsync(context.Request, Still.MaxBytes) is not { } body)
        {
            await Problems.WriteAsync(context, StillRefusals.TooLarge);
            return;
        }

        if (StillImage.TryMake(body, out var wrong) is not { } image)
        {
            await Problems.WriteAsync(context, wrong!);
            return;
        }

        // A class that nobody is in is not opened for a picture.
        var reply = classes.Find(@class) is { } runner
            ? await runner.AskAsync(new OfferStill(who.Member, image), context.RequestAborted)
            : Refusal.NotJoined;
        if (reply.Refusal is { } late)
        {
            await (late == StillRefusals.TooSoon ? Problems.WriteAsync(context, StatusCodes.Status429TooManyRequests, late) : Problems.WriteAsync(context, late));
            return;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"{context.Request.PathBase}/api/classes/{@class}/stills/{image.What.Hash}";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(image.What, ContractsJson.Wire, context.RequestAborted);
    }

    private static async Task GiveAsync(HttpContext context, string @class, string hash, ClassStills stills, TimeProvider time)
    {
        var isPace = Answers.TryRead(context.Request.Query["pace"], SlowestPace, FastestPace, otherwise: 0, out var pace);
        var refusal = MayEnter(TicketIdentity.Of(context.User), @class) ?? (isPace ? null : StillRefusals.Pace);
        if (refusal is not null || stills.Find(@class, hash) is not { } still)
        {
            await Problems.WriteAsync(context, refusal ?? StillRefusals.NotFound);
            return;
        }

        // The name says what is in it: nobody need ever ask again. A ticket opened it, so it is nobody else's to keep.
        var headers = context.Response.Headers;
        headers.CacheControl = "private, max-age=86400, immutable";
        headers.ETag = $"\"{hash}\"";
        context.Response.ContentType = still.MediaType;
        context.Response.ContentLength = still.Bytes.Length;
        await (pace == 0
            ? context.Response.Body.WriteAsync(still.Bytes, context.RequestAborted).AsTask()
            : PacedBody.WriteAsync(context.Response, still.Bytes, (int)pace * 1_000, time, context.RequestAborted));
    }

    private static Refusal? MayEnter(Identity who, string @class) =>
        !Ids.IsValid(@class) ? Refusal.ClassNotFound : @class != who.Class ? Refusal.WrongClass : null;

    private static Refusal? Judge(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Value is StillHeader.Webp or StillHeader.Jpeg
            ? null
            : StillRefusals.NoPicture;
}
