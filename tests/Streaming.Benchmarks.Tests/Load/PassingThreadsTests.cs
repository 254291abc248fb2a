using Streaming.Benchmarks.Load;

namespace Streaming.Benchmarks.Tests.Load;

public sealed class PassingThreadsTests
{
    [Fact]
    public void ThreadsThatComeAndGoAreAddedUpAndWhatWasBeforeIsNot()
    {
        var threads = new PassingThreads();
        threads.Look([new(7, 5.0)]);
        Assert.Equal(0, threads.Used);
        threads.Look([new(7, 5.5), new(8, 0.2)]);
        Assert.Equal(0.7, threads.Used, 9);
        threads.Look([]);
        threads.Look([new(9, 0.1)]);
        Assert.Equal(0.8, threads.Used, 9);
    }

    [Fact]
    public void ANumberThatIsGivenAgainIsAnotherThread()
    {
        var threads = new PassingThreads();
        threads.Look([new(7, 5.0)]);
        threads.Look([new(7, 0.3)]);
        Assert.Equal(0.3, threads.Used, 9);
    }
}
