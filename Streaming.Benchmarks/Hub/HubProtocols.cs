using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Contracts;
using Streaming.HubProtocol;

namespace Streaming.Benchmarks.Hub;

/// <summary>The protocols that the hub run's server speaks. Each one found here is measured.</summary>
internal static class HubProtocols
{
    public static void Add(ISignalRServerBuilder builder) =>
        builder.AddJsonProtocol(json => ContractsJson.Apply(json.PayloadSerializerOptions)).AddMessagePackProtocol();
}
