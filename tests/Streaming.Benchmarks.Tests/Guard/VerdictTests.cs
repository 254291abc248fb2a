using Streaming.Benchmarks.Guard;

namespace Streaming.Benchmarks.Tests.Guard;

public class VerdictTests
{
    private static readonly Machine Here = new("Some CPU", ".NET 10.0.12", "0x30000130");

    private static readonly Baseline Known = new(Here, ToleranceElsewhere: 3.0, new Dictionary<string, BaselineCase>
    {
        ["Forward"] = new(0, 2.0, 0.15, "AES"),
    });

    private readonly Verdict _verdict = new(Known, Here);

    [Theory]
    [InlineData(2.0)]
    [InlineData(2.29)]
    [InlineData(0.1)]
    public void WithinTheToleranceNothingIsSaid(double ratio) => Assert.Empty(_verdict.Judge(Forward(ratio)));

    [Fact]
    public void ASlowDownOfThirtyPerCentIsABreachThatSaysWhatToDo()
    {
        var breach = Assert.Single(_verdict.Judge(Forward(2.6)));

        Assert.True(breach.MayBeNoise);
        Assert.StartsWith("Forward: takes 2.600 times \"AES\", +30% on the recorded 2.000, allowed is 2.300.", breach.Line, StringComparison.Ordinal);
        Assert.Contains("guard --record", breach.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.001")]
    [InlineData("24")]
    public void AnyOtherAllocationIsABreach(string bytes)
    {
        var allocated = decimal.Parse(bytes, System.Globalization.CultureInfo.InvariantCulture);

        var breach = Assert.Single(_verdict.Judge(Forward(2.0) with { Allocated = allocated }));

        Assert.False(breach.MayBeNoise);
        Assert.StartsWith($"Forward: allocates {bytes} bytes an operation, allowed are 0 exactly.", breach.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void FewerBytesThanRecordedAreABreachToo_SoThatTheyAreRecorded()
    {
        var baseline = Known with { Cases = new Dictionary<string, BaselineCase> { ["Forward"] = new(48, 2.0, 0.15, "AES") } };

        Assert.Single(new Verdict(baseline, Here).Judge(Forward(2.0)));
    }

    [Fact]
    public void ARatioToAnotherReferenceIsNotCompared()
    {
        var breach = Assert.Single(_verdict.Judge(Forward(9) with { Reference = "SHA" }));

        Assert.Contains("told against \"SHA\", recorded against \"AES\"", breach.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void ACaseThatWasNeverRecordedIsABreach()
    {
        var breach = Assert.Single(_verdict.Judge(Forward(1) with { Name = "New" }));

        Assert.Contains("guard --record --only \"New\"", breach.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void ACaseThatTheSuiteHasNoMoreIsABreach() => Assert.Equal("Forward", Assert.Single(_verdict.Missing(["Other"])).Case);

    [Fact]
    public void AnotherProcessorIsSaidLoudly_TimeHasTheWideTolerance_BytesHaveNone()
    {
        var verdict = new Verdict(Known, Here with { Cpu = "Other CPU" });

        Assert.StartsWith("ANOTHER PROCESSOR", Assert.Single(verdict.Remarks()), StringComparison.Ordinal);
        Assert.Empty(verdict.Judge(Forward(7.9)));
        Assert.Single(verdict.Judge(Forward(8.1)));
        Assert.Single(verdict.Judge(Forward(2) with { Allocated = 24 }));
    }

    [Fact]
    public void AnotherRuntimeOrOpenSslIsSaid() =>
        Assert.Collection(
            new Verdict(Known, Here with { Runtime = ".NET 10.0.13", OpenSsl = "0x30500000" }).Remarks(),
            remark => Assert.StartsWith("ANOTHER RUNTIME", remark, StringComparison.Ordinal),
            remark => Assert.StartsWith("ANOTHER OPENSSL", remark, StringComparison.Ordinal));

    [Fact]
    public void OnTheMachineOfTheBaselineNothingIsRemarked() => Assert.Empty(_verdict.Remarks());

    [Theory]
    [InlineData(1.69, true)]
    [InlineData(1.71, false)]
    public void WhatIsMuchFasterShouldBeRecorded(double ratio, bool isFaster) => Assert.Equal(isFaster, _verdict.IsFaster(Forward(ratio)));

    private static Measured Forward(double ratio) => new("Forward", "AES", 0, ratio, 0, 1, 1);
}
