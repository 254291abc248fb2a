using System.Text.Json;

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

    /// <summary>Before the page is opened.</summary>
    public static Task AwaitAsync(Person person) => person.Page.AddInitScriptAsync(Watchdog);

    /// <summary>When the first frame of a voice was played, in ms from opening the page, and makes sure that it was no silence.</summary>
    /// <exception cref="TimeoutException">There was none.</exception>
    public static async Task<double> OfAsync(Person person, TimeSpan limit)
    {
        var heard = (await person.Page.EvaluateAsync<JsonElement>("window.firstSound").WaitAsync(limit)).GetDouble();
        await Eventually.TrueAsync("the sound is no silence", limit, async () => await person.Page.EvaluateAsync<double>(Energy) > 0);
        return heard;
    }
}
