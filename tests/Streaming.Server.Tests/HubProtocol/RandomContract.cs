using System.Reflection;
using Streaming.Contracts;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>Makes values of contract records that are different every time and the same for the same seed.</summary>
internal sealed class RandomContract(int seed)
{
    private static readonly string[] Texts = ["", "s-1", "Ada", "林薇", "a \"quote\" \\ and\ttab", "😀 and 𝄞", "<b>&'+</b>", "\u0001\u2028", new('x', 300)];
    private static readonly long[] Numbers = [0, 1, 127, 128, 255, 65_536, -1, -33, int.MaxValue, 9_007_199_254_740_991];

    private readonly Random _random = new(seed);

    /// <summary>Every record of the contracts.</summary>
    public static IEnumerable<Type> Records =>
        typeof(ContractsJson).Assembly.GetExportedTypes().Where(type => type.GetMethod("<Clone>$") is not null);

    public object? Make(Type type, bool mayBeNull = false)
    {
        if (mayBeNull && _random.Next(3) == 0)
        {
            return null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => Texts[_random.Next(Texts.Length)],
            _ when type == typeof(long) => Numbers[_random.Next(Numbers.Length)],
            _ when type == typeof(int) => _random.Next(-200, 70_000),
            _ when type == typeof(bool) => _random.Next(2) == 0,
            _ when type == typeof(DateTimeOffset) => Moment(),
            _ when type.IsEnum => Enum.GetValues(type).GetValue(_random.Next(Enum.GetValues(type).Length)),
            _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => List(type.GetGenericArguments()[0]),
            _ when Records.Contains(type) => Record(type),
            _ => throw new NotSupportedException($"Teach {nameof(RandomContract)} to make a {type}."),
        };
    }

    // As UTC, with and without fractions: that is what the server has.
    private DateTimeOffset Moment()
    {
        var moment = new DateTimeOffset(2026, 9, 1, 8, 0, 0, TimeSpan.Zero).AddSeconds(_random.Next(100_000_000));
        return _random.Next(3) switch { 0 => moment, 1 => moment.AddMilliseconds(_random.Next(1_000)), _ => moment.AddTicks(_random.Next(10_000_000)) };
    }

    // An array or a list, and of greatly different lengths.
    private object List(Type element)
    {
        var count = _random.Next(4) switch { 0 => 0, 1 => 1, 2 => 16, _ => _random.Next(3, 10) };
        var array = Array.CreateInstance(element, count);
        for (var i = 0; i < count; i++)
        {
            array.SetValue(Make(element), i);
        }

        return _random.Next(2) == 0 ? array : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), array)!;
    }

    private object Record(Type type)
    {
        var nullability = new NullabilityInfoContext();
        var constructor = type.GetConstructors().Single();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter =>
            Make(parameter.ParameterType, nullability.Create(parameter).ReadState == NullabilityState.Nullable))]);
    }
}
