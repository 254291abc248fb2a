using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Streaming.Benchmarks.Guard;

/// <summary>A method of the suite that is guarded, with every combination of its class's parameters that <paramref name="Only"/> lets through.</summary>
/// <param name="Type">The class: <c>[Params]</c>, <c>[GlobalSetup]</c> and <c>[GlobalCleanup]</c> mean what they mean to BenchmarkDotNet.</param>
/// <param name="Method">The method.</param>
/// <param name="Reference">What its time is told against, by an instance whose parameters are set.</param>
/// <param name="Only">Which combinations are guarded; all when null.</param>
/// <param name="Period">Operations after which what is allocated repeats itself: 1 where every operation allocates the same.</param>
internal sealed record GuardedBenchmark(
    Type Type, string Method, Func<object, Reference> Reference, Func<object, bool>? Only = null, int Period = 1)
{
    /// <summary>Guards a method of <typeparamref name="T"/>.</summary>
    public static GuardedBenchmark Of<T>(string method, Func<T, Reference> reference, Func<T, bool>? only = null, int period = 1)
        where T : class =>
        new(typeof(T), method, instance => reference((T)instance), only is null ? null : instance => only((T)instance), period);

    /// <summary>Its cases, in the order of the parameters.</summary>
    public IEnumerable<GuardedCase> Cases()
    {
        foreach (var values in Combinations())
        {
            var instance = Make(values);
            if (Only?.Invoke(instance) is not false)
            {
                yield return new GuardedCase(Name(values), this, () => Make(values));
            }
        }
    }

    private object Make(IReadOnlyList<(PropertyInfo Property, object? Value)> values)
    {
        var instance = Activator.CreateInstance(Type)!;
        foreach (var (property, value) in values)
        {
            property.SetValue(instance, value);
        }

        return instance;
    }

    private string Name(IReadOnlyList<(PropertyInfo Property, object? Value)> values)
    {
        const string suffix = "Benchmarks";
        var type = Type.Name.EndsWith(suffix, StringComparison.Ordinal) ? Type.Name[..^suffix.Length] : Type.Name;
        return string.Join(' ', values
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Property.Name}={pair.Value}"))
            .Prepend($"{type}.{Method}"));
    }

    private IEnumerable<IReadOnlyList<(PropertyInfo Property, object? Value)>> Combinations()
    {
        IEnumerable<IReadOnlyList<(PropertyInfo, object?)>> combinations = [[]];
        foreach (var property in Type.GetProperties().OrderBy(property => property.MetadataToken))
        {
            if (Values(property) is { } values)
            {
                combinations = combinations.SelectMany(_ => values, (before, value) => (IReadOnlyList<(PropertyInfo, object?)>)[.. before, (property, value)]);
            }
        }

        return combinations;
    }

    private object?[]? Values(PropertyInfo property)
    {
        if (property.GetCustomAttribute<ParamsAttribute>() is { } named)
        {
            return named.Values;
        }

        return property.GetCustomAttribute<ParamsSourceAttribute>() is { } source
            ? [.. ((System.Collections.IEnumerable)Type.GetProperty(source.Name)!.GetValue(Activator.CreateInstance(Type))!).Cast<object?>()]
            : null;
    }
}
