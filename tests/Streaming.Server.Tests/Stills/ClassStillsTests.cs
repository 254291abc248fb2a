using Streaming.Contracts;
using Streaming.Server.Stills;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Stills;

public sealed class ClassStillsTests
{
    private readonly ClassStills _stills = new();

    [Fact]
    public void TheOldestGoesWhenThereAreTooMany()
    {
        var made = Enumerable.Range(0, ClassStills.Kept + 2).Select(i => Make((byte)i)).ToArray();
        Array.ForEach(made, still => _stills.Keep("math", still));

        Assert.Equal([null, null, .. made[2..]], made.Select(still => _stills.Find("math", still.What.Hash)));
        Assert.Equal(ClassStills.Kept * 400, _stills.Bytes);
    }

    [Fact]
    public void TheSameAgainTakesNoPlaceAndIsTheNewest()
    {
        var made = Enumerable.Range(0, ClassStills.Kept + 1).Select(i => Make((byte)i)).ToArray();
        Array.ForEach(made[..ClassStills.Kept], still => _stills.Keep("math", still));
        _stills.Keep("math", Make(0));
        _stills.Keep("math", made[^1]);

        Assert.NotNull(_stills.Find("math", made[0].What.Hash));
        Assert.Null(_stills.Find("math", made[1].What.Hash));
    }

    [Fact]
    public void AClassHasItsOwnAndNothingStaysOfOneThatIsOver()
    {
        var still = Make(1);
        _stills.Keep("math", still);
        Assert.Null(_stills.Find("art", still.What.Hash));

        _stills.Keep("art", still);
        _stills.Drop("math");
        _stills.Drop("never");
        Assert.Null(_stills.Find("math", still.What.Hash));
        Assert.Equal((still, 400), (_stills.Find("art", still.What.Hash), _stills.Bytes));
    }

    [Fact]
    public void AStillIsNamedByWhatIsInIt()
    {
        Assert.Equal(Make(1).What, Make(1).What);
        Assert.NotEqual(Make(1).What.Hash, Make(2).What.Hash);
        Assert.Matches("^[0-9a-f]{32}$", Make(1).What.Hash);
        Assert.Null(StillImage.TryMake(StillSamples.Webp(Still.MaxSide + 1, 10), out var refusal));
        Assert.Equal(StillRefusals.TooLarge, refusal);
    }

    private static StillImage Make(byte seed) => StillImage.TryMake(StillSamples.Webp(seed: seed), out _)!;
}
