using Streaming.Benchmarks.Guard.References;
using Streaming.Benchmarks.Rigs;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Guard;

/// <summary>What is guarded, and against which reference. BenchmarkDotNet's table has all of it and more.</summary>
internal static class GuardedSuite
{
    private const int Report = 48;      // bytes of a report that are encrypted
    private const int Books = 64;       // cache lines that a forwarded packet touches for a viewer, about
    private const int FewBooks = 16;    // and a report

    private static readonly GuardedBenchmark[] Benchmarks =
    [
        GuardedBenchmark.Of<RtpBenchmarks>(nameof(RtpBenchmarks.Read), _ => new HeaderReference()),
        GuardedBenchmark.Of<RtpBenchmarks>(nameof(RtpBenchmarks.Write), _ => new HeaderReference()),
        GuardedBenchmark.Of<SrtpBenchmarks>(nameof(SrtpBenchmarks.Protect), srtp => Crypto(srtp.Profile, srtp.PayloadSize, 1)),
        GuardedBenchmark.Of<UnprotectBenchmarks>(nameof(UnprotectBenchmarks.Unprotect), srtp => Crypto(srtp.Profile, srtp.PayloadSize, 1)),
        GuardedBenchmark.Of<ForwardBenchmarks>(
            nameof(ForwardBenchmarks.Packet),
            forward => Crypto(forward.Profile, ForwardRig.PayloadSize, forward.Viewers),
            forward => forward.Profile == SrtpProfile.AeadAes128Gcm || forward.Viewers == 30),
        GuardedBenchmark.Of<ForwardBenchmarks>(
            nameof(ForwardBenchmarks.Frame),
            forward => Crypto(forward.Profile, ForwardRig.PayloadSize, forward.Viewers),
            forward => forward.Profile == SrtpProfile.AeadAes128Gcm && forward.Viewers is 30 or 300),
        GuardedBenchmark.Of<NumberedBenchmarks>(
            nameof(NumberedBenchmarks.Frame), numbered => new GcmReference(ForwardRig.PayloadSize, numbered.Viewers, Books)),
        GuardedBenchmark.Of<NumberedBenchmarks>(
            nameof(NumberedBenchmarks.Arrivals), numbered => new GcmReference(ForwardRig.PayloadSize, numbered.Viewers, Books)),
        GuardedBenchmark.Of<SwitchBenchmarks>(
            nameof(SwitchBenchmarks.ThereAndBack), forward => new GcmReference(ForwardRig.PayloadSize, forward.Viewers, Books)),
        GuardedBenchmark.Of<FeedbackBenchmarks>(nameof(FeedbackBenchmarks.Reports), feedback => new GcmReference(Report, feedback.Viewers, FewBooks)),
        GuardedBenchmark.Of<FeedbackBenchmarks>(
            nameof(FeedbackBenchmarks.Nacks), feedback => new GcmReference(ForwardRig.PayloadSize, feedback.Viewers, Books)),
        GuardedBenchmark.Of<FeedbackBenchmarks>(nameof(FeedbackBenchmarks.PictureLosses), feedback => new GcmReference(Report, feedback.Viewers, FewBooks)),
        GuardedBenchmark.Of<SdpBenchmarks>(nameof(SdpBenchmarks.PublishChromium), _ => new TextReference()),
        GuardedBenchmark.Of<SdpBenchmarks>(nameof(SdpBenchmarks.PublishFirefox), _ => new TextReference()),
        GuardedBenchmark.Of<SdpBenchmarks>(nameof(SdpBenchmarks.WatchChromium), _ => new TextReference()),
        GuardedBenchmark.Of<HubBenchmarks>(nameof(HubBenchmarks.Send), hub => new PipeReference(hub.Connections)),
        GuardedBenchmark.Of<RosterBenchmarks>(nameof(RosterBenchmarks.Hand), _ => new JsonReference(seats: 1)),
        GuardedBenchmark.Of<PresenceBenchmarks>(
            nameof(PresenceBenchmarks.DropAndReturn), presence => new RecordReference(presence.Students), presence => presence.Students == 45, period: 125),
        GuardedBenchmark.Of<PresenceBenchmarks>(
            nameof(PresenceBenchmarks.JoinAndLeave), presence => new JsonReference(presence.Students), presence => presence.Students == 45, period: 250),
        GuardedBenchmark.Of<PresenceBenchmarks>(
            nameof(PresenceBenchmarks.RosterMessage), _ => new JsonReference(seats: 45), presence => presence.Students == 45),
        GuardedBenchmark.Of<PresenceBenchmarks>(
            nameof(PresenceBenchmarks.ReadView), presence => new RecordReference(presence.Students), presence => presence.Students == 45),
    ];

    /// <summary>Every case, in the order of the baseline.</summary>
    public static IReadOnlyList<GuardedCase> Cases { get; } = [.. Benchmarks.SelectMany(benchmark => benchmark.Cases())];

    private static Reference Crypto(SrtpProfile profile, int bytes, int keys) =>
        profile == SrtpProfile.AeadAes128Gcm ? new GcmReference(bytes, keys, Books) : new CmHmacReference(bytes, keys, Books);
}
