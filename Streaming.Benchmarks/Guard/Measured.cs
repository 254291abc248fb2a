namespace Streaming.Benchmarks.Guard;

/// <summary>What one case came to.</summary>
/// <param name="Name">The case.</param>
/// <param name="Reference">What its time was told against.</param>
/// <param name="Allocated">Bytes an operation.</param>
/// <param name="Ratio">Time of a call in times of the reference.</param>
/// <param name="Spread">From the first to the third quarter of the visits' ratios.</param>
/// <param name="Nanoseconds">An operation at its fastest; for the reader, nothing is guarded by it.</param>
/// <param name="ReferenceNanoseconds">The reference at its fastest.</param>
internal sealed record Measured(
    string Name, string Reference, decimal Allocated, double Ratio, double Spread, double Nanoseconds, double ReferenceNanoseconds);
