using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Streaming.Benchmarks.Guard;

/// <summary>A guarded case set up and ready to be run, its reference beside it.</summary>
internal sealed class Subject : IDisposable
{
    private readonly object _instance;
    private readonly Action _operation;
    private readonly Action<int>? _make;
    private readonly int _perCall;

    public Subject(GuardedCase @case)
    {
        _instance = @case.Make();
        CallMarked<GlobalSetupAttribute>();
        var method = @case.Benchmark.Type.GetMethod(@case.Benchmark.Method)
            ?? throw new InvalidOperationException($"{@case.Benchmark.Type.Name} has no public method {@case.Benchmark.Method}.");
        _operation = Operation(method);
        _perCall = method.GetCustomAttribute<BenchmarkAttribute>()?.OperationsPerInvoke
            ?? throw new InvalidOperationException($"{@case.Name} is no [Benchmark]: the full table would not have it.");
        _make = method.GetCustomAttribute<MadeAheadAttribute>() is { } ahead
            ? @case.Benchmark.Type.GetMethod(ahead.Method)!.CreateDelegate<Action<int>>(_instance)
            : null;
        Case = @case;
        Reference = @case.Benchmark.Reference(_instance);
    }

    public GuardedCase Case { get; }

    public Reference Reference { get; }

    /// <summary>How many operations one call is, as BenchmarkDotNet counts them.</summary>
    public int OperationsPerCall => _perCall;

    /// <summary>Whether calls take what was made ahead.</summary>
    public bool IsMadeAhead => _make is not null;

    /// <summary>Makes ahead what the next calls take.</summary>
    public void Make(int calls) => _make?.Invoke(calls);

    /// <summary>Calls the method so many times.</summary>
    public void Run(int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            _operation();
        }
    }

    public void Dispose()
    {
        Reference.Dispose();
        CallMarked<GlobalCleanupAttribute>();
    }

    private Action Operation(MethodInfo method) => method.ReturnType == typeof(void)
        ? method.CreateDelegate<Action>(_instance)
        : (Action)typeof(Subject).GetMethod(nameof(Discarding), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.ReturnType).Invoke(null, [method, _instance])!;

    private static Action Discarding<T>(MethodInfo method, object instance)
    {
        var function = method.CreateDelegate<Func<T>>(instance);
        return () => function();
    }

    private void CallMarked<T>()
        where T : Attribute
    {
        foreach (var method in _instance.GetType().GetMethods().Where(method => method.IsDefined(typeof(T))))
        {
            method.CreateDelegate<Action>(_instance)();
        }
    }
}
