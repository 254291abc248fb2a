using Streaming.Benchmarks.Guard;

namespace Streaming.Benchmarks.Tests.Guard;

public class BaselineTests
{
    private static readonly Machine Old = new("Old CPU", ".NET 10.0.12", "0x30000130");

    private static readonly Baseline Known = new(Old, 3.0, new Dictionary<string, BaselineCase>
    {
        ["A.One"] = new(0, 1.5, 0.10, "a walk"),
        ["A.Two Viewers=30"] = new(442.528m, 0.056, 0.25, "64 \"changes\""),
    });

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        var read = Baseline.Read(Known.Write());

        Assert.Equal(Known.Recorded, read.Recorded);
        Assert.Equal(Known.ToleranceElsewhere, read.ToleranceElsewhere);
        Assert.Equal(Known.Cases, read.Cases);
    }

    [Fact]
    public void ACaseIsALine()
    {
        var lines = Known.Write().Split('\n');

        Assert.Contains("    \"A.One\": { \"allocated\": 0, \"ratio\": 1.500, \"tolerance\": 0.10, \"reference\": \"a walk\" },", lines);
        Assert.Contains("    \"A.Two Viewers=30\": { \"allocated\": 442.528, \"ratio\": 0.056, \"tolerance\": 0.25, \"reference\": \"64 \\u0022changes\\u0022\" }", lines);
        Assert.Equal("", lines[^1]);
    }

    [Fact]
    public void WritingTwiceChangesNothing() => Assert.Equal(Known.Write(), Baseline.Read(Known.Write()).Write());

    [Fact]
    public void RecordingKeepsTolerancesAndCasesThatWereNotMeasured()
    {
        var recorded = Known.With([Measured("A.Two Viewers=30", allocated: 24, ratio: 0.0712345, "another")], ["A.One", "A.Two Viewers=30"]);

        Assert.Equal(Known.Cases["A.One"], recorded.Cases["A.One"]);
        Assert.Equal(new BaselineCase(24, 0.071, 0.25, "another"), recorded.Cases["A.Two Viewers=30"]);
        Assert.Equal(Machine.Here, recorded.Recorded);
    }

    [Fact]
    public void RecordingTakesTheSuitesOrder_NewCases_AndForgetsThoseThatAreGone()
    {
        var recorded = Known.With([Measured("B.New", 8, 2, "r")], ["B.New", "A.Two Viewers=30"]);

        Assert.Equal(["B.New", "A.Two Viewers=30"], recorded.Cases.Keys);
        Assert.Equal(Baseline.DefaultTolerance, recorded.Cases["B.New"].Tolerance);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{ \"recorded\": { \"cpu\": \"x\" } }")]
    [InlineData("<<<<<<< HEAD")]
    public void WhatIsNoBaselineSaysHowToGetOne(string text)
    {
        var refused = Assert.Throws<ArgumentException>(() => Baseline.Read(text));

        Assert.Contains("guard --record", refused.Message, StringComparison.Ordinal);
    }

    private static Measured Measured(string name, decimal allocated, double ratio, string reference) => new(name, reference, allocated, ratio, 0, 1, 1);
}
