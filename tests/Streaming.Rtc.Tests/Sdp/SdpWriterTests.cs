using Streaming.Rtc.Sdp;

namespace Streaming.Rtc.Tests.Sdp;

public class SdpWriterTests
{
    public static TheoryData<string> AllOffers { get; } = [.. Offers.All];

    [Theory]
    [MemberData(nameof(AllOffers))]
    public void WhatIsReadAndWrittenHasTheSameLines(string name)
    {
        Assert.True(SdpParser.TryParse(Offers.Read(name), out var description, out var error), error);

        var written = SdpWriter.Write(description);

        // The order of lines is the writer's; one channel is not written. Nothing else may differ.
        var expected = Offers.Read(name).Replace("/8000/1\r\n", "/8000\r\n", StringComparison.Ordinal);
        Assert.Equal(Sorted(expected), Sorted(written));
    }

    [Theory]
    [MemberData(nameof(AllOffers))]
    public void WritingIsStable(string name)
    {
        Assert.True(SdpParser.TryParse(Offers.Read(name), out var first, out _));
        var once = SdpWriter.Write(first);
        Assert.True(SdpParser.TryParse(once, out var second, out var error), error);

        Assert.Equal(once, SdpWriter.Write(second));
    }

    private static List<List<string>> Sorted(string sdp) =>
    [
        .. Offers.Sections(sdp).Select(lines => lines
            // A direction has no meaning for a data channel.
            .Where(line => line != "a=sendrecv")
            .Order(StringComparer.Ordinal).ToList()),
    ];
}
