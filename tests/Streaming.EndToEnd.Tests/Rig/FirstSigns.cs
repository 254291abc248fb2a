using System.Text.Json;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>When a lesson began to be seen and heard, and the way that it took.</summary>
/// <param name="Picture">When the first remote frame was shown, in ms from opening the page.</param>
/// <param name="Sound">When sound was first found played, in ms from opening the page; looked for every 50 ms.</param>
/// <param name="Local">The kind of the browser's candidate that is used (<c>host</c>, <c>prflx</c>, <c>relay</c>).</param>
/// <param name="LocalProtocol"><c>udp</c> or <c>tcp</c>; of a relay, by what the relay sends.</param>
/// <param name="RelayProtocol">How a relay is reached; empty without one.</param>
/// <param name="Remote">The protocol of the server's candidate.</param>
internal sealed record FirstSigns(double Picture, double Sound, string Local, string LocalProtocol, string RelayProtocol, string Remote)
{
    private const string Watchdog = """
        window.firstFrame = new Promise(seen => {
          const known = new WeakSet();
          const look = () => {
            for (const video of document.querySelectorAll('video')) {
              if (known.has(video)) continue;
              known.add(video);
              video.requestVideoFrameCallback(() => seen(performance.now()));
            }
          };
          new MutationObserver(look).observe(document, { childList: true, subtree: true });
        });
        window.firstSound = new Promise(heard => {
          const look = async () => {
            let energy = 0;
            (await window.streamingDebug?.peerConnections().watch?.getStats())?.forEach(s => {
              if (s.type === 'inbound-rtp' && s.kind === 'audio') energy += s.totalAudioEnergy ?? 0;
            });
            if (energy > 0) heard(performance.now());
            else setTimeout(look, 50);
          };
          void look();
        });
        """;

    private const string Read = """
        async () => {
          const [picture, sound] = await Promise.all([window.firstFrame, window.firstSound]);
          return { picture, sound, ...await WAY };
        }
        """;

    /// <summary>JavaScript: the way that the watching connection takes now.</summary>
    private const string Way = """
        (async () => {
          const stats = new Map(await window.streamingDebug.peerConnections().watch.getStats());
          const transport = [...stats.values()].find(s => s.type === 'transport');
          const pair = stats.get(transport.selectedCandidatePairId);
          const [local, remote] = [stats.get(pair.localCandidateId), stats.get(pair.remoteCandidateId)];
          return { local: local.candidateType, localProtocol: local.protocol, relayProtocol: local.relayProtocol ?? '', remote: remote.protocol };
        })()
        """;

    /// <summary>Opens a page and waits until its lesson is seen and heard.</summary>
    /// <exception cref="TimeoutException">It was not.</exception>
    public static async Task<FirstSigns> OfAsync(Person person, string address, TimeSpan limit)
    {
        await person.Page.AddInitScriptAsync(Watchdog);
        await person.GoAsync(address);
        try
        {
            var read = Read.Replace("WAY", Way, StringComparison.Ordinal);
            return (await person.Page.EvaluateAsync<JsonElement>(read).WaitAsync(limit)).Deserialize<FirstSigns>(JsonSerializerOptions.Web)!;
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"No picture or no sound. {await person.DescribeAsync(await person.WatchingAsync())}", e);
        }
    }

    /// <summary>The protocol of the server's candidate that is used now.</summary>
    public static async Task<string> RemoteProtocolAsync(Person person) =>
        (await person.Page.EvaluateAsync<JsonElement>($"async () => await {Way}")).GetProperty("remote").GetString()!;
}
