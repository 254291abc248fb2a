using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Streaming.Server.CommandLine;

/// <summary>Prints to the console where the server listens, and the demo's links: those who start it need them, and so do scripts.</summary>
internal sealed class Greeting(IServer server, DemoMode mode, DemoClass demo, TextWriter output) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
        {
            output.WriteLine($"Listening on {address}");
        }

        if (mode.IsOn && addresses.FirstOrDefault() is { } first)
        {
            output.WriteLine();
            foreach (var link in demo.Links(first).Links)
            {
                output.WriteLine($"  {link.Role,-10} {link.Name,-10} {link.Url}");
            }

            output.WriteLine();
        }

        output.Flush();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
