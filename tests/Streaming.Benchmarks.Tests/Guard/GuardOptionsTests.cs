using Streaming.Benchmarks.Guard;

namespace Streaming.Benchmarks.Tests.Guard;

public class GuardOptionsTests
{
    [Fact]
    public void WithoutArgumentsEverythingIsCompared() => Assert.Equal(new GuardOptions(Record: false, Only: "", Rounds: 20), GuardOptions.Read([]));

    [Fact]
    public void EverythingCanBeSaid() => Assert.Equal(
        new GuardOptions(Record: true, Only: "Viewers=300", Rounds: 5), GuardOptions.Read(["--only", "Viewers=300", "--record", "--rounds", "5"]));

    [Theory]
    [InlineData("--rounds wants a value", "--rounds")]
    [InlineData("--rounds takes a whole number from 3 to 200; '2' is none", "--rounds", "2")]
    [InlineData("'--recrod' is no option of the guard", "--recrod")]
    public void WhatIsWrongIsSaid(string expected, params string[] arguments) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => GuardOptions.Read(arguments)).Message, StringComparison.Ordinal);
}
