using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Streaming.Server.Webhooks;

/// <summary>What became of a post.</summary>
internal enum WebhookOutcome
{
    /// <summary>The receiver has it (2xx).</summary>
    Delivered,

    /// <summary>Anything else: it is to be tried again.</summary>
    Failed,

    /// <summary>The receiver wants no more events (410).</summary>
    Gone,
}

/// <summary>What a receiver answered.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">The status, or what failed before there was one, in words that everybody may read.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone; null when it did not say.</param>
internal sealed record WebhookAnswer(WebhookOutcome Outcome, string Reason, TimeSpan? RetryAfter = null);

/// <summary>Posts one event once.</summary>
/// <remarks>
/// Safe for threads. It stands on the bare handler: a client of a factory writes whole addresses into the log, and their queries are often secret.
/// </remarks>
internal sealed class WebhookPost(HttpMessageHandler handler, WebhookSigner signer, TimeProvider time) : IDisposable
{
    /// <summary>How long a receiver may take; Standard Webhooks recommends 15 to 30 s.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker _http = new(handler);

    /// <summary>A handler that goes where it is sent and nowhere else.</summary>
    public static HttpMessageHandler Handler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),   // so that a changed address of the receiver's name is seen
    };

    /// <summary>Posts, and says what was answered; what is in the answer's body nobody reads.</summary>
    /// <exception cref="OperationCanceledException">The server stops; whether the receiver has the event is not known.</exception>
    public async Task<WebhookAnswer> SendAsync(Uri url, WebhookEvent what, CancellationToken stopping)
    {
        using var request = Request(url, what);
        using var late = new CancellationTokenSource(TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            return Read(response);
        }
        catch (HttpRequestException failure)
        {
            return new WebhookAnswer(WebhookOutcome.Failed, failure.HttpRequestError.ToString());
        }
        catch (IOException)
        {
            return new WebhookAnswer(WebhookOutcome.Failed, nameof(HttpRequestError.ResponseEnded));
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new WebhookAnswer(WebhookOutcome.Failed, "Timeout");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(Uri url, WebhookEvent what)
    {
        var (id, timestamp, body) = (what.Id, time.GetUtcNow().ToUnixTimeSeconds(), what.ToBody());
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Streaming-Webhooks", "1"));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", signer.Sign(id, timestamp, body));
        return request;
    }

    private WebhookAnswer Read(HttpResponseMessage response)
    {
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        return response.IsSuccessStatusCode ? new WebhookAnswer(WebhookOutcome.Delivered, status)
            : response.StatusCode == HttpStatusCode.Gone ? new WebhookAnswer(WebhookOutcome.Gone, status)
            : new WebhookAnswer(WebhookOutcome.Failed, status, RetryAfter(response));
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        return (asked?.Delta ?? (asked?.Date - time.GetUtcNow())) is { } wait && wait > TimeSpan.Zero
            ? wait < WebhookRetry.LongestAsked ? wait : WebhookRetry.LongestAsked
            : null;
    }
}
