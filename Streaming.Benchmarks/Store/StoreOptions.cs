using Streaming.Benchmarks.Runs;

namespace Streaming.Benchmarks.Store;

/// <summary>What a store run does. It starts a Redis of its own on loopback and is bounded in time.</summary>
/// <param name="Classes">Classes at the bell, 1–2 000.</param>
/// <param name="Students">Students of each, 1–200.</param>
/// <param name="Joins">Joins a second, 1–100 000.</param>
/// <param name="Transitions">Drops and returns a second afterwards, 1–100 000.</param>
/// <param name="Seconds">How long these are measured, 1–600.</param>
internal sealed record StoreOptions(int Classes, int Students, int Joins, int Transitions, int Seconds)
{
    public const string Help = """
        store: the bell, and a lesson's drops and returns, appended to a real Redis; prints what an append costs there and here.

          --classes 400         classes, 1 to 2000
          --students 50         students of each, 1 to 200
          --joins 5800          joins a second, 1 to 100000
          --transitions 2300    drops and returns a second, 1 to 100000
          --seconds 10          how long these are measured, 1 to 600
        """;

    /// <summary>Reads the arguments behind <c>store</c>.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or out of its range; the message says what is right.</exception>
    public static StoreOptions Read(ReadOnlySpan<string> arguments)
    {
        var read = new StoreOptions(400, 50, 5_800, 2_300, 10);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            read = arguments[i] switch
            {
                "--classes" => read with { Classes = OptionText.Number(arguments[i], value, 1, 2_000) },
                "--students" => read with { Students = OptionText.Number(arguments[i], value, 1, 200) },
                "--joins" => read with { Joins = OptionText.Number(arguments[i], value, 1, 100_000) },
                "--transitions" => read with { Transitions = OptionText.Number(arguments[i], value, 1, 100_000) },
                "--seconds" => read with { Seconds = OptionText.Number(arguments[i], value, 1, 600) },
                var unknown => throw new ArgumentException($"'{unknown}' is no option of the store run.\n{Help}"),
            };
        }

        return read;
    }
}
