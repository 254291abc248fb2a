using Streaming.Rtc.Sdp;

namespace Streaming.Rtc.Tests.Sdp;

/// <summary>Random and mutated texts: each gets an answer or a sentence, never an exception, and nothing without bound.</summary>
public class SdpHostileInputTests
{
    private const int Inputs = 100_000;

    // An accepted section says at most 15 lines for each of 127 payload types, a rejected one four lines.
    private const int LongestAnswer = 2 * SdpParser.MaxLength;

    private const int LongestSentence = 400;

    private const string Letters = "v=0osatmc:/ *;\r\n\t\0é漢\ud83d19";

    private static readonly string[] Fragments =
    [
        "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1", "a=ice-lite", "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97", "m=video 0 RTP/SAVPF 0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=mid:0", "a=mid:1", "a=sendonly", "a=recvonly", "a=rtcp-mux", "a=bundle-only", "a=setup:actpass", "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789012345678901", "a=fingerprint:sha-256 " + "00:", "a=rtpmap:96 VP8/90000", "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96", "a=fmtp:96 profile-level-id=;;=;", "a=rtcp-fb:* nack", "a=rtcp-fb:96 nack pli",
        "a=ssrc-group:FID 1 2", "a=ssrc-group:SIM 1", "a=ssrc:1 cname:x", "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
        "a=extmap:4096/sendonly x", "a=rid:l send", "a=rid:m send pt=96;max-width=320", "a=simulcast:send l;~m,l", "a=simulcast:send l;;",
        "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
        "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", "a=rtcp-fb:* transport-cc",
    ];

    [Fact]
    public void RandomTextsAreAnsweredOrRefused()
    {
        var random = new Random(20_261);
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < Inputs; i++)
        {
            text.Clear();
            // Half of them begin well, or nothing would get past the first lines.
            if (i % 2 == 0) text.Append("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n");
            for (var lines = random.Next(30); lines > 0; lines--)
            {
                if (random.Next(40) == 0) AppendNoise(text, random);
                else text.Append(Fragments[random.Next(Fragments.Length)]).Append("\r\n");
            }

            Feed(text.ToString());
        }
    }

    [Fact]
    public void MutatedOffersAreAnsweredOrRefused()
    {
        var random = new Random(20_262);
        var offers = Offers.All.Select(Offers.Read).ToArray();
        // The captured offers repeat themselves; the short ones get most of the turns.
        string[] turns = [.. offers, .. Enumerable.Repeat(offers.Where(offer => offer.Length < 4_000), 4).SelectMany(few => few)];
        var answered = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var offer = turns[random.Next(turns.Length)];
            for (var changes = random.Next(1, 4); changes > 0; changes--) offer = Mutate(offer, random);
            if (Feed(offer)) answered++;
        }

        // Mutations that were all refused at the first line would prove nothing about the answers.
        Assert.InRange(answered, Inputs / 10, Inputs);
    }

    private static bool Feed(string text)
    {
        if (!SdpParser.TryParse(text, out var offer, out var error))
        {
            Assert.InRange(error.Length, 1, LongestSentence);
            return false;
        }

        var published = PublishAnswer.TryMake(offer, Offers.Local, out var publishAnswer, out var publish, out var publishRefusal);
        var watched = WatchAnswer.TryMake(offer, Offers.Local, "c", () => 1, out var watchAnswer, out var watch, out var watchRefusal);
        Check(published, offer, publishAnswer, publishRefusal);
        Check(watched, offer, watchAnswer, watchRefusal);
        if (publish is not null) Assert.All(publish.Tracks, track => Assert.Single(track.Formats));
        if (watch is not null) Assert.All(watch.Slots, slot => Assert.NotEmpty(slot.Formats));
        return published || watched;
    }

    private static void Check(bool made, SessionDescription offer, string? answer, SdpRefusal? refusal)
    {
        if (!made)
        {
            Assert.InRange(refusal!.Sentence.Length, 1, LongestSentence);
            return;
        }

        Assert.InRange(answer!.Length, 1, LongestAnswer);
        Assert.True(SdpParser.TryParse(answer, out var read, out var error), error);
        Assert.Equal(offer.Media.Select(media => (media.Kind, media.Mid)), read.Media.Select(media => (media.Kind, media.Mid)));
    }

    private static void AppendNoise(System.Text.StringBuilder text, Random random)
    {
        for (var length = random.Next(40); length > 0; length--) text.Append(Letters[random.Next(Letters.Length)]);
    }

    private static string Mutate(string text, Random random)
    {
        if (text.Length < 2) return "v=0";
        var at = random.Next(text.Length);
        var lines = text.Split("\r\n");
        var line = random.Next(lines.Length);
        switch (random.Next(8))
        {
            case 0: return text[..at];
            case 1: return text.Remove(at, 1);
            case 2: return text.Insert(at, Letters[random.Next(Letters.Length)].ToString());
            case 3: return string.Concat(text.AsSpan(0, at), ((char)random.Next(0x20, 0x7F)).ToString(), text.AsSpan(at + 1));
            case 4: return string.Join("\r\n", lines.Where((_, index) => index != line));
            case 5: lines[line] = lines[random.Next(lines.Length)]; break;
            case 6: (lines[line], lines[^1]) = (lines[^1], lines[line]); break;
            default: lines[line] = Fragments[random.Next(Fragments.Length)]; break;
        }

        return string.Join("\r\n", lines);
    }
}
