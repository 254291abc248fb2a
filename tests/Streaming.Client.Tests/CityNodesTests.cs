namespace Streaming.Client.Tests;

public class CityNodesTests
{
    private static readonly Uri A = new("https://a.example"), B = new("https://b.example"), C = new("https://c.example/live/");

    private readonly HandClock _clock = new();
    private readonly CityNodes _nodes;

    public CityNodesTests()
    {
        _nodes = new CityNodes(A, _clock);
        _nodes.Arrived([B.ToString(), C.ToString(), "no address"]);
    }

    [Fact]
    public void AfterTwoFailuresTheNextIsTriedAndEachAgainInTurn() => Assert.Equal([A, A, B, B, C, C, A, B], Tried(8));

    [Fact]
    public void AServerAloneIsTriedForEver()
    {
        _nodes.Arrived(null);
        Assert.Equal([A, A, A, A, A], Tried(5));
    }

    [Fact]
    public void AServerThatHangsIsNotWaitedForTwice()
    {
        _nodes.Failed(hangs: true);
        Assert.Equal(B, _nodes.Current);
    }

    [Fact]
    public void ASeatMakesAServerTheFirstOneAndAllOthersGoodAgain()
    {
        Tried(2);
        _nodes.Arrived([A.ToString(), C.ToString()]);
        Assert.Equal([B, B, A, A, C, C], Tried(6));
    }

    [Fact]
    public void ADeadServerThatOthersStillNameIsLookedAtOnceEachTime()
    {
        Tried(2);
        _nodes.Jump(A.ToString());
        Assert.Equal([A, B], Tried(2));
    }

    [Fact]
    public void ACircleIsFollowedFiveTimesInTenSeconds()
    {
        var steps = Enumerable.Range(0, 6).Select(i => _nodes.Jump((i % 2 == 0 ? B : A).ToString())).ToList();
        Assert.Equal([true, true, true, true, true, false], steps);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_nodes.Jump("https://d.example"));
        Assert.Equal(new Uri("https://d.example"), _nodes.Current);
    }

    [Theory]
    [InlineData("somewhere")]
    [InlineData("ftp://b.example")]
    [InlineData("")]
    public void WhatIsNoAddressLeadsNowhere(string sentence)
    {
        Assert.False(_nodes.Jump(sentence));
        Assert.Equal(A, _nodes.Current);
    }

    private List<Uri> Tried(int times)
    {
        var tried = new List<Uri>();
        for (var i = 0; i < times; i++)
        {
            tried.Add(_nodes.Current);
            _nodes.Failed(hangs: false);
        }

        return tried;
    }
}
