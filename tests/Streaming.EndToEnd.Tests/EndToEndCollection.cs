using Streaming.EndToEnd.Tests.Rig;

// Every test has the machine for itself: they measure rates and times.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Streaming.EndToEnd.Tests;

/// <summary>The tests that share one set of browsers, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndToEndCollection : ICollectionFixture<Browsers>
{
    public const string Name = "End to end";
}
