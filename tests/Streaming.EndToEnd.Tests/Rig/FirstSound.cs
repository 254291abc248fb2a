using System.Text.Json;
using Microsoft.Playwright;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>When a student hears the first of a lesson, whoever in the page made the connection.</summary>
internal static class FirstSound
{
    // Who contributes to a track is known from the moment at which its first frame was handed on to be played; asking takes no time, unlike getStats.
    private const string Watchdog = """
        {
          const Connection = window.RTCPeerConnection;
          const made = window.madeConnections = [];
          window.RTCPeerConnection = class extends Connection {
            constructor(...options) {
              super(...options);
              made.push(this);
            }
          };
          window.firstSound = new Promise(heard => {
            const look = () => {
              const voices = made.flatMap(pc => pc.getReceivers()).filter(one => one.track.kind === 'audio');
              if (voices.some(one => one.getSynchronizationSources().length > 0)) {
                console.log('heard');
                heard(performance.now());
              } else {
                setTimeout(look, 5);
              }
            };
            look();
          });
        }
        """;

    private const string Energy = """
        async () => {
          let energy = 0;
          for (const pc of window.madeConnections) {
            (await pc.getStats()).forEach(s => { if (s.type === 'inbound-rtp' && s.kind === 'audio') energy += s.totalAudioEnergy ?? 0; });
          }
          return energy;
        }
        """;

    // No page at all, and nothing but the voice.
    private const string Least = """
        async ([door, ticket]) => {
          const pc = new RTCPeerConnection();
          const { receiver } = pc.addTransceiver('audio', { direction: 'recvonly' });
          await pc.setLocalDescription();
          const headers = { 'Authorization': `Bearer ${ticket}` };
          const body = pc.localDescription.sdp.replaceAll('a=setup:actpass', 'a=setup:passive');
          const asked = performance.now();
          const reply = await fetch(door, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/sdp' }, body });
          const answered = performance.now();
          if (!reply.ok) throw new Error(`WHEP answered ${reply.status}`);
          await pc.setRemoteDescription({ type: 'answer', sdp: await reply.text() });
          const player = new Audio();
          player.srcObject = new MediaStream([receiver.track]);
          player.play();
          while (receiver.getSynchronizationSources().length === 0) await new Promise(resolve => setTimeout(resolve, 5));
          const heard = performance.now();
          await fetch(reply.headers.get('Location'), { method: 'DELETE', headers });
          return heard - (answered - asked);
        }
        """;

    private static readonly TimeSpan DescribingLimit = TimeSpan.FromSeconds(10);

    private const string Ways = """
        async () => {
          const ways = [];
          for (const pc of window.madeConnections) {
            let packets = 0;
            (await pc.getStats()).forEach(s => { if (s.type === 'inbound-rtp' && s.kind === 'audio') packets += s.packetsReceived ?? 0; });
            ways.push([pc.signalingState, pc.iceConnectionState, pc.connectionState, packets]);
          }
          const voice = document.querySelector('audio.voice');
          return JSON.stringify({ ways, voice: voice && [voice.paused, voice.readyState, voice.srcObject?.getTracks().map(track => track.muted)] });
        }
        """;

    /// <summary>Before the page is opened.</summary>
    public static Task AwaitAsync(Person person) => person.Page.AddInitScriptAsync(Watchdog);

    /// <summary>
    /// How long this browser takes at this moment to hear a lesson with the least that can be done for it, in ms: what it and the machine need,
    /// whatever the page and the server's answer take.
    /// </summary>
    /// <param name="person">Whose browser it is.</param>
    /// <param name="empty">Something of the server's that is no page.</param>
    /// <param name="door">The WHEP endpoint of the lesson.</param>
    /// <param name="ticket">A student's.</param>
    /// <param name="limit">How long it may take.</param>
    /// <exception cref="TimeoutException">Nothing was heard.</exception>
    public static async Task<double> OfTheLeastAsync(Person person, Uri empty, string door, string ticket, TimeSpan limit)
    {
        await person.Page.GotoAsync($"{empty}");
        return await person.Page.EvaluateAsync<double>(Least, new[] { door, ticket }).WaitAsync(limit);
    }

    /// <summary>When the first frame of a voice was played, in ms from opening the page, and makes sure that it was no silence.</summary>
    /// <exception cref="TimeoutException">There was none.</exception>
    public static async Task<double> OfAsync(Person person, TimeSpan limit)
    {
        double heard;
        try
        {
            heard = (await person.Page.EvaluateAsync<JsonElement>("window.firstSound").WaitAsync(limit)).GetDouble();
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"No sound within {limit.TotalSeconds:0} s. {await DescribeAsync(person)}", e);
        }

        await Eventually.TrueAsync("the sound is no silence", limit, async () => await person.Page.EvaluateAsync<double>(Energy) > 0);
        return heard;
    }

    // A page that hangs tells nothing.
    private static async Task<string> DescribeAsync(Person person)
    {
        try
        {
            var ways = await person.Page.EvaluateAsync<string>(Ways).WaitAsync(DescribingLimit);
            return $"Connections, packets of voice, its player: {ways}. {await person.DescribeAsync(null).WaitAsync(DescribingLimit)}";
        }
        catch (Exception e) when (e is TimeoutException or PlaywrightException)
        {
            return $"The page says nothing: {e.Message}";
        }
    }
}
