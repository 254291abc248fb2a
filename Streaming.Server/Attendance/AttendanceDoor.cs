using Microsoft.AspNetCore.Authentication;
using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Http;
using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>Who reads a class's attendance.</summary>
internal enum AttendanceReader
{
    /// <summary>The class's teacher: reads, and says what is late and early.</summary>
    Teacher,

    /// <summary>The school office or the homeroom teacher, with an office ticket: also keeps the roll.</summary>
    Office,

    /// <summary>The school's own system, with the admin key: the same as the office, for every class.</summary>
    Admin,
}

/// <summary>Lets into the attendance of a class who may read it, and says whom it let in.</summary>
internal static class AttendanceDoor
{
    private static readonly Refusal OfficeOnly = new(
        ProblemCodes.OfficeOnly, "Only the school office may do that: with a ticket of the role office, or with the admin key.");

    private static readonly Refusal StoreUnavailable = new(HubErrors.Busy, "The store does not answer; try again in a moment.");

    private static readonly object ReaderKey = new();

    /// <summary>Whom the door let in.</summary>
    public static AttendanceReader ReaderOf(HttpContext context) => (AttendanceReader)context.Items[ReaderKey]!;

    /// <summary>Why a reader may not do what is the office's; null when they may.</summary>
    public static Refusal? RefuseTeacher(HttpContext context) => ReaderOf(context) == AttendanceReader.Teacher ? OfficeOnly : null;

    /// <summary>Checks the caller of an endpoint whose address has a <c>class</c>.</summary>
    public static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        var @class = context.Request.RouteValues["class"]?.ToString() ?? "";
        if (!Ids.IsValid(@class))
        {
            return Answers.Problem(Refusal.ClassNotFound);
        }

        var (reader, refusal) = await ReadAsync(context, @class);
        if (refusal is not null)
        {
            return Answers.Problem(refusal);
        }

        context.Items[ReaderKey] = reader;
        try
        {
            return await next(call);
        }
        catch (StoreUnavailableException)
        {
            return Answers.Problem(StoreUnavailable);
        }
    }

    private static async Task<(AttendanceReader Reader, Refusal? Refusal)> ReadAsync(HttpContext context, string @class)
    {
        if (context.User.Identity is { IsAuthenticated: true })
        {
            var who = TicketIdentity.Of(context.User);
            return (AttendanceReader.Teacher, who.Class != @class ? Refusal.WrongClass : who.Role != Role.Teacher ? Refusal.TeacherOnly : null);
        }

        // A ticket has three parts with dots between them (RFC 7519), and the admin key has none.
        if (BearerToken.Of(context.Request) is { } bearer && bearer.Contains('.'))
        {
            var (ticket, refusal) = await context.RequestServices.GetRequiredService<OfficeTickets>().ValidateAsync(bearer);
            if (ticket is not null)
            {
                return (AttendanceReader.Office, ticket.Class != @class ? Refusal.WrongClass : null);
            }

            context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer realm=\"streaming\", error=\"invalid_token\"";
            return (default, (await context.AuthenticateAsync()).Failure?.Message == HubErrors.TicketExpired ? Refusal.TicketExpired : refusal);
        }

        var missing = AdminKey.Check(context.Request, context.RequestServices.GetRequiredService<DataDirectory>());
        if (missing is not null)
        {
            context.Response.Headers[HeaderNames.WWWAuthenticate] = AdminKey.Challenge;
        }

        return (AttendanceReader.Admin, missing);
    }
}
