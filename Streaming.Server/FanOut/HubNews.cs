using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Streaming.Server.FanOut;

/// <summary>One message, to one connection or to a thousand: it is written once for each protocol that somebody speaks.</summary>
/// <param name="method">The callback's name, of <see cref="Contracts.IClassroomClient"/>.</param>
/// <param name="payload">Its only argument. By its type a connection that is behind knows what may be left out; see <see cref="NewsDigest"/>.</param>
internal sealed class HubNews(string method, object payload) : SerializedHubMessage(new InvocationMessage(method, [payload]))
{
    public string Method => method;

    public object Payload => payload;
}
