using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Contracts;
using Streaming.Server.Webhooks;

namespace Streaming.Server.Tests.Webhooks;

/// <summary>A post over a real socket to a real server.</summary>
public sealed class WebhookPostTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly WebhookEvent Event = new(
        WebhookEvent.Joined, "math-7", 12, Bell, "s-1", "小明", Role.Student, Bell, null);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly List<(string Path, IHeaderDictionary Headers, byte[] Body)> _requests = [];
    private readonly WebApplication _receiver = MakeReceiver();
    private readonly WebhookPost _post;
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;

    public WebhookPostTests() => _post = new WebhookPost(WebhookPost.Handler(), new WebhookSigner([_key]), TimeProvider.System);

    private string Address => _receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public Task InitializeAsync()
    {
        _receiver.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _requests.Add(($"{context.Request.Path}{context.Request.QueryString}", new HeaderDictionary(context.Request.Headers.ToDictionary()), body.ToArray()));
            await _answer(context);
        });
        return _receiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _post.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task AReceiverCanCheckWhoSentItAndThatNobodyChangedIt()
    {
        var answer = await SendAsync();

        Assert.Equal(new WebhookAnswer(WebhookOutcome.Delivered, "200"), answer);
        var (path, headers, body) = _requests.Single();
        Assert.Equal("/hook?token=t", path);
        Assert.Equal("application/json", headers.ContentType);
        Assert.Equal(Event.Id, headers["webhook-id"]);
        var timestamp = long.Parse(headers["webhook-timestamp"]!, CultureInfo.InvariantCulture);
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - timestamp, 0, 60);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}."), .. body];
        using var hmac = new HMACSHA256(_key);
        Assert.Equal($"v1,{Convert.ToBase64String(hmac.ComputeHash(signed))}", headers["webhook-signature"]);
        Assert.Equal("小明", (string)System.Text.Json.Nodes.JsonNode.Parse(body)!["data"]!["name"]!);
        Assert.DoesNotContain("traceparent", headers.Keys);
    }

    [Theory]
    [InlineData(302, "Failed")]
    [InlineData(400, "Failed")]
    [InlineData(410, "Gone")]
    [InlineData(503, "Failed")]
    [InlineData(202, "Delivered")]
    public async Task OnlySuccessIsSuccessAndARedirectIsNotFollowed(int status, string outcome)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = $"{Address}/elsewhere";
            return Task.CompletedTask;
        };

        var answer = await SendAsync();

        Assert.Equal((outcome, status.ToString(CultureInfo.InvariantCulture)), (answer.Outcome.ToString(), answer.Reason));
        Assert.Single(_requests);
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("1000000", 3_600)]
    [InlineData("Tue, 01 Sep 2020 08:00:00 GMT", null)]
    [InlineData("soon", null)]
    public async Task AReceiverMayAskForTimeWithinReason(string asked, int? seconds)
    {
        _answer = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = asked;
            return Task.CompletedTask;
        };

        Assert.Equal(seconds, (int?)(await SendAsync()).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task AnAnswerIsNotReadToItsEnd()
    {
        _answer = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[65_536]);
            }
        };

        Assert.Equal(WebhookOutcome.Delivered, (await SendAsync()).Outcome);
    }

    [Fact]
    public async Task AReceiverThatIsNotThereIsAFailureWithItsReason()
    {
        var url = new Uri($"{Address}/hook");
        await _receiver.StopAsync();

        Assert.Equal(new WebhookAnswer(WebhookOutcome.Failed, "ConnectionError"), await _post.SendAsync(url, Event, CancellationToken.None));
    }

    [Fact]
    public async Task AReceiverThatBreaksOffIsAFailureToo()
    {
        _answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        Assert.Equal(WebhookOutcome.Failed, (await SendAsync()).Outcome);
    }

    private Task<WebhookAnswer> SendAsync() => _post.SendAsync(new Uri($"{Address}/hook?token=t"), Event, CancellationToken.None);

    private static WebApplication MakeReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
