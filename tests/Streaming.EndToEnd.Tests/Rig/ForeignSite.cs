using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>Somebody else's web site on an origin of its own: two plain pages that speak WHIP and WHEP with nothing but <c>fetch</c>.</summary>
internal sealed class ForeignSite : IAsyncDisposable
{
    private const string Page = """
        <!doctype html>
        <html lang="en"><title>A foreign page</title><body><video autoplay muted playsinline></video><audio autoplay></audio>
        <script type="module">
          const params = new URLSearchParams(location.hash.slice(1));
          const publish = location.pathname === '/publish';
          const pc = window.pc = new RTCPeerConnection();
          const video = document.querySelector('video');
          window.firstFrame = new Promise(seen => video.requestVideoFrameCallback(() => seen(performance.now())));
          if (publish) {
            const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
            for (const track of stream.getTracks()) pc.addTrack(track, stream);
            video.srcObject = stream;
          } else {
            pc.addTransceiver('video', { direction: 'recvonly' });
            pc.addTransceiver('audio', { direction: 'recvonly' });
            pc.ontrack = ({ track }) => {
              document.querySelector(track.kind).srcObject = new MediaStream([track]);
            };
          }
          await pc.setLocalDescription();
          const response = await fetch(params.get('door'), {
            method: 'POST',
            headers: { 'content-type': 'application/sdp', authorization: 'Bearer ' + params.get('ticket') },
            body: pc.localDescription.sdp,
          });
          window.status = response.status;
          window.session = new URL(response.headers.get('location'), params.get('door')).href;
          await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
          window.stop = async () => (await fetch(window.session, {
            method: 'DELETE', headers: { authorization: 'Bearer ' + params.get('ticket') },
          })).status;
        </script></body></html>
        """;

    private readonly WebApplication _app;

    private ForeignSite(int port)
    {
        Origin = $"http://127.0.0.1:{port}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Origin);
        _app = builder.Build();
        _app.MapGet("/{page}", () => Results.Content(Page, "text/html"));
    }

    /// <summary>Its origin, for the server's <c>Cors:Origins</c>.</summary>
    public string Origin { get; }

    public static async Task<ForeignSite> OpenAsync()
    {
        var site = new ForeignSite(FreePorts.Tcp());
        await site._app.StartAsync();
        return site;
    }

    /// <summary>The page that publishes by WHIP.</summary>
    public string Publishing(ServerProcess server, Ticket ticket, string @class = "physics-7b") => Link("publish", "whip", server, ticket, @class);

    /// <summary>The page that plays by WHEP.</summary>
    public string Playing(ServerProcess server, Ticket ticket, string @class = "physics-7b") => Link("play", "whep", server, ticket, @class);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private string Link(string page, string door, ServerProcess server, Ticket ticket, string @class) =>
        $"{Origin}/{page}#door={new Uri(server.Address, $"/{door}/{@class}")}&ticket={ticket.Text}";
}
