using BenchmarkDotNet.Attributes;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Sdp;

namespace Streaming.Benchmarks;

/// <summary>Answering a browser's offer: one per connection, a thousand when a school's bell rings.</summary>
[MemoryDiagnoser]
public class SdpBenchmarks
{
    private static readonly LocalDescription Local = new(
        new IceCredentials("localufr", "localpasswordlocalpass00"), new byte[32], ["1 1 udp 2130706431 192.0.2.7 5000 typ host"], 77);

    private string _chromiumPublish = "";
    private string _firefoxPublish = "";
    private string _chromiumWatch = "";
    private uint _ssrc;

    [GlobalSetup]
    public void Read() =>
        (_chromiumPublish, _firefoxPublish, _chromiumWatch) = (Offer("chromium-publish"), Offer("firefox-publish"), Offer("chromium-watch-two"));

    [Benchmark(Description = "Chromium's offer to publish, answered")]
    public int PublishChromium() => Publish(_chromiumPublish);

    [Benchmark(Description = "Firefox's offer to publish, answered")]
    public int PublishFirefox() => Publish(_firefoxPublish);

    [Benchmark(Description = "Chromium's offer to watch, answered")]
    public int WatchChromium()
    {
        _ssrc = 0;
        return WatchAnswer.TryMake(_chromiumWatch, Local, "bench", NextSsrc, out var answer, out _, out var refusal)
            ? answer.Length
            : throw new InvalidOperationException(refusal.Sentence);
    }

    private static int Publish(string offer) =>
        PublishAnswer.TryMake(offer, Local, out var answer, out _, out var refusal) ? answer.Length : throw new InvalidOperationException(refusal.Sentence);

    // Numbers of one length: what an answer allocates depends on its own.
    private uint NextSsrc() => 3_000_000_000 + ++_ssrc;

    private static string Offer(string name)
    {
        using var stream = typeof(SdpBenchmarks).Assembly.GetManifestResourceStream($"Offers/{name}")
            ?? throw new InvalidOperationException($"There is no offer {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\r\n");
    }
}
