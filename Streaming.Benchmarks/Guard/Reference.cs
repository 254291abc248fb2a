namespace Streaming.Benchmarks.Guard;

/// <summary>Fixed work that a case's time is told against: of the same character, so that what slows one slows the other, and none of it ours.</summary>
/// <param name="name">What it does, with its size; kept in <c>baseline.json</c>.</param>
internal abstract class Reference(string name) : IDisposable
{
    public string Name => name;

    /// <summary>Does the work once.</summary>
    public abstract void Run();

    /// <summary>Does the work so many times.</summary>
    public void Run(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Run();
        }
    }

    public virtual void Dispose()
    {
    }
}
