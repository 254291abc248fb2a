namespace Streaming.Benchmarks.Guard;

/// <summary>Names the method that makes what the benchmark takes, <c>void Make(int operations)</c>: the guard calls it outside the measured time.</summary>
/// <remarks>BenchmarkDotNet does not know it; the benchmark then makes it itself, and its table contains that time.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MadeAheadAttribute(string method) : Attribute
{
    public string Method => method;
}
