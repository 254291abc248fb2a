using Microsoft.Extensions.Options;

namespace Streaming.Server.Access;

/// <summary>Makes tickets into links. The ticket is in the fragment, which browsers never send: a link that is opened puts it into no server's log.</summary>
internal sealed class TicketLinks(IOptions<StreamingOptions> options)
{
    public string To(string classId, string ticket, string ownAddress) =>
        $"{(options.Value.PublicUrl ?? ownAddress).TrimEnd('/')}/class/{classId}#ticket={ticket}";

    public string To(string classId, string ticket, HttpRequest request) =>
        To(classId, ticket, $"{request.Scheme}://{request.Host}{request.PathBase}");
}
