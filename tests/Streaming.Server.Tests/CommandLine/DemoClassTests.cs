using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.CommandLine;

public sealed class DemoClassTests
{
    [Fact]
    public async Task TheDemoHandsOutALinkForEveryPart()
    {
        await using var host = new ServerHost { IsDemo = true };
        using var client = host.Client();

        var demo = (await client.GetFromJsonAsync<JsonNode>("/api/demo"))!;

        Assert.Equal("demo", demo["class"]!.GetValue<string>());
        Assert.Equal(["teacher", "student", "student", "inspector", "office"], demo["links"]!.AsArray().Select(link => link!["role"]!.GetValue<string>()));
        Assert.All(demo["links"]!.AsArray(), link => Assert.StartsWith(
            $"http://localhost/{((string)link!["role"]! == "office" ? "attendance" : "class")}/demo#ticket=ey",
            link["url"]!.GetValue<string>(),
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutTheVerbThereAreNoneWhateverIsConfigured()
    {
        await using var host = new ServerHost(("Demo", "true"));
        using var client = host.Client();
        using var response = await client.GetAsync("/api/demo");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task TheConsoleSaysWhereTheServerListensAndWhoMayCome()
    {
        await using var host = new ServerHost { IsDemo = true };
        host.UseKestrel(0);
        host.StartServer();
        using var client = host.CreateClient();
        using var live = await client.GetAsync("/healthz/live");

        var printed = host.Output.ToString();
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Contains($"Listening on {client.BaseAddress!.GetLeftPart(UriPartial.Authority)}", printed, StringComparison.Ordinal);
        Assert.Equal((4, 1), (printed.Split("/class/demo#ticket=").Length - 1, printed.Split("/attendance/demo#ticket=").Length - 1));
    }
}
