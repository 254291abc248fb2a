using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>What a ticket is asked for with, at <c>POST /api/tickets</c> and on the command line.</summary>
/// <param name="Class">The class that it opens.</param>
/// <param name="Member">The bearer's stable id within the school.</param>
/// <param name="Name">The bearer's display name.</param>
/// <param name="Role"><c>teacher</c>, <c>student</c>, <c>inspector</c>; or <c>office</c>, for attendance alone.</param>
/// <param name="Lifetime">Minutes, 1 to 10 080; 480 when left out.</param>
internal sealed record TicketRequest(string? Class, string? Member, string? Name, string? Role, int? Lifetime)
{
    /// <summary>Checks every field; the errors name each that is wrong.</summary>
    public bool TryRead(out TicketGrant grant, out Dictionary<string, string[]> errors)
    {
        errors = [];
        Check(errors, Ids.IsValid(Class), "class", $"The class is {Ids.Rule}.");
        Check(errors, Ids.IsValid(Member), "member", $"The member is {Ids.Rule}.");
        Check(errors, TicketClaims.IsValidName(Name), "name", $"The name is {TicketClaims.NameRule}.");
        var isOffice = Role == TicketClaims.OfficeRole;
        Check(errors, TicketClaims.TryReadRole(Role, out var role) || isOffice, "role", "The role is teacher, student, inspector or office.");
        var lifetime = Lifetime is { } minutes ? TimeSpan.FromMinutes((long)minutes) : JoinTicket.DefaultLifetime;
        Check(
            errors,
            lifetime >= TimeSpan.FromMinutes(1) && lifetime <= JoinTicket.MaxLifetime,
            "lifetime",
            $"The lifetime is 1 to {JoinTicket.MaxLifetime.TotalMinutes:0} minutes.");
        grant = errors.Count == 0 ? new TicketGrant(Member!, Name!, Class!, isOffice ? null : role, lifetime) : null!;
        return errors.Count == 0;
    }

    private static void Check(Dictionary<string, string[]> errors, bool holds, string field, string rule)
    {
        if (!holds)
        {
            errors[field] = [rule];
        }
    }
}
