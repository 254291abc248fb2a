using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Contracts;
using Streaming.HubProtocol;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>The official JavaScript client speaks with a hub over every way there is: <c>interop.mjs</c>, under Node.</summary>
public sealed class JavaScriptInteropTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Everywhere =
        ["calls", "errors", "contracts", "bytes", "told", "streams down", "cancel", "streams up", "client results", "closed with a reason"];

    [Fact]
    public async Task TheOfficialClientUnderstandsEverythingAndIsUnderstood()
    {
        await using var app = await StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        var (exit, output, errors) = await RunAsync(Path.Combine(Here(), "interop.mjs"), $"{address}/hub");

        string[] expected =
        [
            .. new[] { "webSockets", "direct", "stateful", "longPolling" }.SelectMany(way => Everywhere.Select(what => $"{way}: {what}")),
            .. new[] { "webSockets", "direct", "stateful" }.Select(way => $"{way}: pings"),
            "stateful: comes back", "every kind of message was seen",
        ];
        Assert.Equal("", errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Empty(expected.Except(lines));
        Assert.Equal((0, expected.Length), (exit, lines.Length));
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<InteropNotes>();
        builder.Services.AddSignalR(hub =>
        {
            hub.MaximumParallelInvocationsPerClient = 4;     // a call that asks its caller back
            hub.KeepAliveInterval = TimeSpan.FromMilliseconds(100);
        }).AddJsonProtocol(json => ContractsJson.Apply(json.PayloadSerializerOptions)).AddMessagePackProtocol();
        var app = builder.Build();
        app.UseWebSockets();
        app.MapHub<InteropHub>("/hub", connection => connection.AllowStatefulReconnects = true);
        await app.StartAsync();
        return app;
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(string script, string address)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [script, address]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        try
        {
            await node.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            node.Kill();   // what it has said so far tells where it stopped
            await node.WaitForExitAsync();
        }

        return (node.ExitCode, await output, await errors);
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
