using Microsoft.Extensions.Options;

namespace Streaming.Server.Access;

/// <summary>Makes tickets into links. The ticket is in the fragment, which browsers never send: a link that is opened puts it into no server's log.</summary>
internal sealed class TicketLinks(IOptions<StreamingOptions> options)
{
    /// <summary>A link to a class's page.</summary>
    public string ToClass(string classId, string ticket, string ownAddress) => To("class", classId, ticket, ownAddress);

    /// <summary>A link to the page of a class's attendance.</summary>
    public string ToAttendance(string classId, string ticket, string ownAddress) => To("attendance", classId, ticket, ownAddress);

    private string To(string page, string classId, string ticket, string ownAddress) =>
        $"{(options.Value.PublicUrl ?? ownAddress).TrimEnd('/')}/{page}/{classId}#ticket={ticket}";
}
