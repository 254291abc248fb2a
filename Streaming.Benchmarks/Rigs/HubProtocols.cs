using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using Streaming.Contracts;

namespace Streaming.Benchmarks.Rigs;

/// <summary>The protocols that a page or a client may choose, as the server sets them up.</summary>
internal static class HubProtocols
{
    private static readonly Dictionary<string, Func<IHubProtocol>> Known = new()
    {
        ["json"] = Json,
    };

    /// <summary>Their names, as a client asks for them.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Makes one.</summary>
    public static IHubProtocol Make(string name) => Known[name]();

    private static JsonHubProtocol Json()
    {
        var options = new JsonHubProtocolOptions();
        ContractsJson.Apply(options.PayloadSerializerOptions);
        return new JsonHubProtocol(Options.Create(options));
    }
}
