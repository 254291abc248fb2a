using Streaming.Rtc.Ice;
using Streaming.Rtc.Sdp;

namespace Streaming.Rtc.Tests.Sdp;

/// <summary>
/// Offers as clients write them. Those of Chromium 156 were captured; Firefox's, OBS's and GStreamer's are written in the shape that these
/// clients use.
/// </summary>
internal static class Offers
{
    public const string ChromiumPublish = "chromium-publish";
    public const string ChromiumSimulcast = "chromium-publish-simulcast";
    public const string ChromiumLayers = "chromium-publish-layers";
    public const string ChromiumWatchTwo = "chromium-watch-two";
    public const string ChromiumWatchOne = "chromium-watch-one";
    public const string FirefoxPublish = "firefox-publish";
    public const string ObsPublish = "obs-publish";
    public const string GStreamerPublish = "gstreamer-publish";
    public const string GStreamerWatch = "gstreamer-watch";

    public static readonly string[] All =
    [
        ChromiumPublish, ChromiumSimulcast, ChromiumLayers, ChromiumWatchTwo, ChromiumWatchOne,
        FirefoxPublish, ObsPublish, GStreamerPublish, GStreamerWatch,
    ];

    /// <summary>Our end in these tests: a fingerprint of 01:01:…, one candidate.</summary>
    public static LocalDescription Local { get; } = new(
        new IceCredentials("localufr", "localpasswordlocalpass00"),
        Enumerable.Repeat((byte)1, 32).ToArray(),
        ["1 1 udp 2130706431 192.0.2.7 5000 typ host"],
        77);

    public static string LocalFingerprint { get; } = string.Join(':', Enumerable.Repeat("01", 32));

    /// <summary>An offer with the line ends of the wire.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(Offers).Assembly.GetManifestResourceStream($"Offers/{name}")
            ?? throw new ArgumentException($"There is no offer {name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\r\n");
    }

    /// <summary>An offer with one text replaced everywhere; fails when it is not there, so that no test passes by a misspelling.</summary>
    public static string Read(string name, string old, string replacement)
    {
        var offer = Read(name);
        Assert.Contains(old, offer, StringComparison.Ordinal);
        return offer.Replace(old, replacement, StringComparison.Ordinal);
    }

    /// <summary>The lines of a description.</summary>
    public static string[] Lines(string sdp)
    {
        Assert.EndsWith("\r\n", sdp, StringComparison.Ordinal);
        return sdp[..^2].Split("\r\n");
    }

    /// <summary>The lines of its sections; the first is the session level.</summary>
    public static List<string[]> Sections(string sdp) =>
        [.. sdp.Split("\r\nm=").Select((section, index) => Lines(index == 0 ? section + "\r\n" : $"m={section.TrimEnd()}\r\n"))];

    public static MediaSection[] Parse(string sdp)
    {
        Assert.True(SdpParser.TryParse(sdp, out var description, out var error), error);
        return [.. description.Media];
    }
}
