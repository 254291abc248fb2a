namespace Streaming.Benchmarks.Guard;

/// <summary>One line of the baseline: a guarded method under one combination of parameters.</summary>
/// <param name="Name">Class, method and parameters; the key in <c>baseline.json</c>.</param>
/// <param name="Benchmark">What it is a case of.</param>
/// <param name="Make">Makes an instance with the parameters set, not yet set up.</param>
internal sealed record GuardedCase(string Name, GuardedBenchmark Benchmark, Func<object> Make);
