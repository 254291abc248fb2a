using System.Globalization;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Classrooms;
using Streaming.Server.Http;

namespace Streaming.Server.Attendance;

/// <summary><c>DELETE /api/classes/{class}/records</c>: erases a class's records, or who one of its members was.</summary>
internal static class RecordsEndpoint
{
    public static void MapRecords(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapDelete("/api/classes/{class}/records", EraseAsync).AllowAnonymous();

    private static async Task EraseAsync(
        HttpContext context, string @class, DataDirectory data, ClassroomDirectory classes)
    {
        if (AdminKey.Check(context.Request, data) is { } missing)
        {
            await AdminKey.RefuseAsync(context, missing);
            return;
        }

        var refusal = !Ids.IsValid(@class) ? Refusal.ClassNotFound
            : TryRead(context.Request, out var erasure, out var wrong) ? await classes.EraseAsync(@class, erasure)
            : wrong;
        if (refusal is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (refusal.Code == HubErrors.Elsewhere)
        {
            context.Response.Headers.Location = $"{refusal.Sentence}{context.Request.Path}{context.Request.QueryString}";
        }

        await Problems.WriteAsync(context, refusal);
    }

    private static bool TryRead(HttpRequest request, out LedgerErasure erasure, out Refusal wrong)
    {
        var (member, before) = (request.Query["member"].ToString(), request.Query["before"].ToString());
        wrong = new Refusal(HubErrors.BadRequest, $"Name a member ({Ids.Rule}), or a time before which everything is erased; or nothing, for everything.");
        erasure = new EraseBefore(null, LedgerCause.Asked);
        if (member.Length > 0 && before.Length > 0)
        {
            return false;
        }

        if (member.Length > 0)
        {
            erasure = new EraseMember(member);
            return Ids.IsValid(member);
        }

        if (before.Length > 0)
        {
            if (!DateTimeOffset.TryParse(before, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return false;
            }

            erasure = new EraseBefore(time, LedgerCause.Asked);
            return true;
        }

        return true;
    }
}
