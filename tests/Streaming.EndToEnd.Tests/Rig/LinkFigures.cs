using System.Globalization;
using System.Text.Json;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>What a student's browser had played by a moment.</summary>
/// <param name="Connection">Which of the page's connections it was: a new one counts from zero.</param>
/// <param name="At">The browser's clock, in seconds.</param>
/// <param name="Samples">Audio samples played (totalSamplesReceived).</param>
/// <param name="Concealed">Those among them that were made up for lost ones, silence not counted.</param>
/// <param name="ConcealmentEvents">How often.</param>
/// <param name="FramesDecoded">Frames.</param>
/// <param name="FreezeCount">Freezes.</param>
/// <param name="FreezeSeconds">How long they were in all.</param>
/// <param name="Width">Of the picture, in pixels; 0 before the first.</param>
/// <param name="Height">Of the picture.</param>
internal sealed record LinkSample(
    int Connection, double At, double Samples, double Concealed, double ConcealmentEvents, double FramesDecoded, double FreezeCount, double FreezeSeconds, int Width, int Height,
    string Rung)
{
    private const string Script = """
        async () => {
          const pc = window.streamingDebug?.peerConnections().watch ?? window.madeConnections?.at(-1);
          if (!pc) return null;
          const connection = pc.asSampled ??= window.connectionsSampled = (window.connectionsSampled ?? 0) + 1;
          const rung = document.getElementById('stage')?.dataset.rung ?? 'picture';
          const n = { rung, connection, at: performance.now() / 1000, samples: 0, concealed: 0, concealmentEvents: 0, framesDecoded: 0, freezeCount: 0, freezeSeconds: 0, width: 0, height: 0 };
          (await pc.getStats()).forEach(s => {
            if (s.type !== 'inbound-rtp') return;
            n.samples += s.totalSamplesReceived ?? 0;
            n.concealed += (s.concealedSamples ?? 0) - (s.silentConcealedSamples ?? 0);
            n.concealmentEvents += s.concealmentEvents ?? 0;
            n.framesDecoded += s.framesDecoded ?? 0;
            n.freezeCount += s.freezeCount ?? 0;
            n.freezeSeconds += s.totalFreezesDuration ?? 0;
            if ((s.frameWidth ?? 0) > n.width) { n.width = s.frameWidth; n.height = s.frameHeight; }
          });
          return n;
        }
        """;

    /// <summary>Asks a student's browser; null before there is a connection.</summary>
    public static async Task<LinkSample?> TakeAsync(Person student) =>
        await student.Page.EvaluateAsync<JsonElement?>(Script) is { ValueKind: JsonValueKind.Object } json
            ? json.Deserialize<LinkSample>(JsonSerializerOptions.Web)
            : null;
}

/// <summary>What a student had of a lesson over a while.</summary>
/// <param name="Seconds">How long.</param>
/// <param name="ConcealedShare">Share of the sound that was made up, 0–1.</param>
/// <param name="FramesPerSecond">Frames decoded.</param>
/// <param name="FreezeCount">Freezes.</param>
/// <param name="FreezeSeconds">How long they were in all.</param>
/// <param name="Height">Of the last picture, in pixels.</param>
/// <param name="BitsPerSecond">What the link delivered, IP and UDP headers left out.</param>
/// <param name="FramesSent">A second, by the teacher's browser: a busy machine encodes fewer than the camera has.</param>
/// <param name="Rung">Which rung the page had come to.</param>
internal sealed record LinkFigures(
    double Seconds, double ConcealedShare, double FramesPerSecond, double FreezeCount, double FreezeSeconds, int Height, double BitsPerSecond, double FramesSent, string Rung)
{
    /// <exception cref="InvalidOperationException">The samples are of two connections.</exception>
    public static LinkFigures Between(LinkSample before, LinkSample after, long bytes, long framesSent)
    {
        if (after.Connection != before.Connection)
        {
            throw new InvalidOperationException($"The page made another connection within {after.At - before.At:0} s: the counts of two say nothing.");
        }

        var seconds = after.At - before.At;
        var samples = Math.Max(1, after.Samples - before.Samples);
        return new LinkFigures(
            seconds,
            (after.Concealed - before.Concealed) / samples,
            (after.FramesDecoded - before.FramesDecoded) / seconds,
            after.FreezeCount - before.FreezeCount,
            after.FreezeSeconds - before.FreezeSeconds,
            after.Height,
            bytes * 8 / seconds,
            framesSent / seconds,
            after.Rung);
    }

    /// <summary>Of each figure the one in the middle.</summary>
    public static LinkFigures Median(IReadOnlyList<LinkFigures> runs)
    {
        return new LinkFigures(
            Of(run => run.Seconds), Of(run => run.ConcealedShare), Of(run => run.FramesPerSecond), Of(run => run.FreezeCount),
            Of(run => run.FreezeSeconds), (int)Of(run => run.Height), Of(run => run.BitsPerSecond),
            Of(run => run.FramesSent), runs.Select(run => run.Rung).Order(StringComparer.Ordinal).ElementAt(runs.Count / 2));

        double Of(Func<LinkFigures, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seconds:0} s, {Rung}, {100 * ConcealedShare:0.0} % of the sound concealed, {FramesPerSecond:0.0} of {FramesSent:0.0} frames/s of {Height} lines, {FreezeCount:0} freezes of {FreezeSeconds:0.0} s, {BitsPerSecond / 1000:0} kbit/s");
}
