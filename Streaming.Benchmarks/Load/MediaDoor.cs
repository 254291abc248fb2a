using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Streaming.Benchmarks.Load;

/// <summary>A WHIP or WHEP endpoint with the token that opens it.</summary>
/// <param name="Url">The endpoint.</param>
/// <param name="Token">Bearer token; null for none.</param>
internal sealed record MediaDoor(Uri Url, string? Token);

/// <summary>An open session.</summary>
/// <param name="Door">Through which it was opened.</param>
/// <param name="Session">Where it is deleted; null when the server did not say.</param>
/// <param name="Answer">The SDP answer.</param>
internal sealed record MediaSessionOpened(MediaDoor Door, Uri? Session, string Answer);

/// <summary>Opens and ends sessions as any client does (RFC 9725, WHEP draft).</summary>
internal sealed class MediaDoorClient : IDisposable
{
    private const string Sdp = "application/sdp";
    private const int LongestRefusal = 300;

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64, UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Posts an offer.</summary>
    /// <exception cref="LoadException">The server does not answer, or with anything but 201 and an answer.</exception>
    public async Task<MediaSessionOpened> OpenAsync(MediaDoor door, string offer, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, door.Url)
        {
            Content = new StringContent(offer, Encoding.UTF8, new MediaTypeHeaderValue(Sdp)),
        };
        using var response = await SendAsync(request, door, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.StatusCode != HttpStatusCode.Created)
        {
            throw new LoadException(
                $"{door.Url} answered {(int)response.StatusCode} instead of 201: {body[..Math.Min(body.Length, LongestRefusal)].ReplaceLineEndings(" ")}");
        }

        var session = response.Headers.Location is { } location ? new Uri(door.Url, location) : null;
        return new MediaSessionOpened(door, session is { IsLoopback: true } ? session : null, body);
    }

    /// <summary>Ends a session. One that the server has forgotten is ended already.</summary>
    public async Task CloseAsync(MediaSessionOpened opened, CancellationToken cancellationToken)
    {
        if (opened.Session is { } session)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, session);
            using var response = await SendAsync(request, opened.Door, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, MediaDoor door, CancellationToken cancellationToken)
    {
        if (door.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new LoadException($"{request.RequestUri} cannot be reached: {e.Message}", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LoadException($"{request.RequestUri} did not answer within {_http.Timeout.TotalSeconds:0} s.", e);
        }
    }
}
