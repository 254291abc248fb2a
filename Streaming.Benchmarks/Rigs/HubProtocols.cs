using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.HubProtocol;

namespace Streaming.Benchmarks.Rigs;

/// <summary>The protocols that a page or a client may choose, as the server sets them up.</summary>
internal static class HubProtocols
{
    private static readonly Dictionary<string, Func<IHubProtocol>> Known = new()
    {
        ["json"] = Json,
        ["messagepack"] = () => new MessagePackHubProtocol(Shapes()),
    };

    /// <summary>Their names, as a client asks for them.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Makes one.</summary>
    public static IHubProtocol Make(string name) => Known[name]();

    private static JsonHubProtocol Json() => new(Options.Create(new JsonHubProtocolOptions { PayloadSerializerOptions = Shapes() }));

    // One truth for the shapes of both.
    private static JsonSerializerOptions Shapes()
    {
        var options = new JsonHubProtocolOptions().PayloadSerializerOptions;
        ContractsJson.Apply(options);
        return options;
    }
}
