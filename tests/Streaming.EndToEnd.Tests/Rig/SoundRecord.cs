using System.Text.Json;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>What came to a student ten times a second.</summary>
/// <param name="At">Seconds since the record was begun.</param>
/// <param name="Heard">Milliseconds of sound that was played in this tenth and was not made up.</param>
/// <param name="MadeUp">Milliseconds that were made up, silence included.</param>
/// <param name="Frames">Frames decoded in it.</param>
internal sealed record SoundTick(double At, double Heard, double MadeUp, double Frames)
{
    /// <summary>Whether most of it was made up, or nothing was played at all.</summary>
    public bool IsGap => MadeUp >= Heard;
}

/// <summary>Follows a student's sound and picture while the link changes; over all connections that the page has meanwhile.</summary>
internal static class SoundRecord
{
    private const string Begin = """
        () => {
          const began = performance.now();
          let last = null;
          window.soundRecord = [];
          setInterval(async () => {
            const pc = window.streamingDebug?.peerConnections().watch;
            const now = { pc, at: (performance.now() - began) / 1000, samples: 0, concealed: 0, frames: 0 };
            (await pc?.getStats())?.forEach(s => {
              if (s.type !== 'inbound-rtp') return;
              now.samples += s.totalSamplesReceived ?? 0;
              now.concealed += s.concealedSamples ?? 0;
              now.frames += s.framesDecoded ?? 0;
            });
            const from = last?.pc === pc && last?.samples <= now.samples ? last : { samples: now.samples, concealed: now.concealed, frames: now.frames };
            const madeUp = now.concealed - from.concealed;
            window.soundRecord.push({ at: now.at, heard: (now.samples - from.samples - madeUp) / 48, madeUp: madeUp / 48, frames: now.frames - from.frames });
            last = now;
          }, 100);
        }
        """;

    /// <summary>Begins to write down.</summary>
    public static Task RecordAsync(this Person student) => student.Page.EvaluateAsync(Begin);

    /// <summary>What was written down until now.</summary>
    public static async Task<SoundTick[]> RecordedAsync(this Person student) =>
        (await student.Page.EvaluateAsync<JsonElement>("window.soundRecord")).Deserialize<SoundTick[]>(JsonSerializerOptions.Web)!;

    /// <summary>The longest time without sound of one's own, in seconds.</summary>
    public static double LongestGap(this IReadOnlyList<SoundTick> record)
    {
        var (longest, began) = (0.0, double.NaN);
        foreach (var tick in record)
        {
            began = !tick.IsGap ? double.NaN : double.IsNaN(began) ? tick.At - 0.1 : began;
            longest = double.IsNaN(began) ? longest : Math.Max(longest, tick.At - began);
        }

        return longest;
    }

    /// <summary>When sound plays again for half a second, in seconds after a moment; infinite when it does not.</summary>
    public static double SoundAfter(this IReadOnlyList<SoundTick> record, double moment) =>
        After(record, moment, window => window.Count(tick => !tick.IsGap) >= 4);

    /// <summary>When the picture moves again, in seconds after a moment; infinite when it does not.</summary>
    public static double PictureAfter(this IReadOnlyList<SoundTick> record, double moment) =>
        After(record, moment, window => window.Sum(tick => tick.Frames) >= 3);

    private static double After(IReadOnlyList<SoundTick> record, double moment, Func<SoundTick[], bool> isBack)
    {
        for (var i = 0; i + 5 <= record.Count; i++)
        {
            if (record[i].At >= moment && isBack([.. record.Skip(i).Take(5)]))
            {
                return record[i].At - moment;
            }
        }

        return double.PositiveInfinity;
    }
}
