using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Streaming.HubProtocol;

/// <summary>Registers the protocol.</summary>
public static class MessagePackProtocolExtensions
{
    /// <summary>
    /// Lets a server speak MessagePack beside JSON, or makes a client speak it; with the shapes of <see cref="JsonHubProtocolOptions"/>.
    /// </summary>
    public static TBuilder AddMessagePackProtocol<TBuilder>(this TBuilder builder) where TBuilder : ISignalRBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHubProtocol, MessagePackHubProtocol>(provider =>
            new MessagePackHubProtocol(provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>().Value.PayloadSerializerOptions)));
        return builder;
    }
}
