using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public class SentReportsTests
{
    private readonly Instant _start = new(TimeSpan.TicksPerDay);
    private SentReports _reports;

    [Fact]
    public void AnAnswerToAnEarlierReportTellsTheRoundTrip()
    {
        for (var second = 0; second < 3; second++)
        {
            _reports.Note(_start + TimeSpan.FromSeconds(second), (ulong)(1000 + second) << 32);
        }

        // 2.5 s after the first report left; the viewer held it for half a second.
        var block = new ReportBlock { LastSenderReport = 1000 << 16, DelaySinceLastSenderReport = 32_768 };
        Assert.Equal(TimeSpan.FromSeconds(2), _reports.RoundTripOf(_start + TimeSpan.FromSeconds(2.5), block));
    }

    [Fact]
    public void AnAnswerToNothingTellsNothing()
    {
        _reports.Note(_start, 5UL << 32);
        Assert.Null(_reports.RoundTripOf(_start, new ReportBlock { LastSenderReport = 0 }));
        Assert.Null(_reports.RoundTripOf(_start, new ReportBlock { LastSenderReport = 6 << 16 }));
        var early = new ReportBlock { LastSenderReport = 5 << 16, DelaySinceLastSenderReport = 65_536 };
        Assert.Equal(TimeSpan.Zero, _reports.RoundTripOf(_start, early));
    }
}
