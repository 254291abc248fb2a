using Streaming.Benchmarks.Runs;

namespace Streaming.Benchmarks.Guard;

/// <summary>What the guard does.</summary>
/// <param name="Record">Whether it writes <c>baseline.json</c> instead of comparing with it.</param>
/// <param name="Only">Part of the names of the cases that are looked at; all when empty.</param>
/// <param name="Rounds">Visits to each case, 3–200.</param>
internal sealed record GuardOptions(bool Record, string Only, int Rounds)
{
    public const string Help = """
        guard: measures the guarded cases against their references and compares with baseline.json; ends with 1 on a breach.

          --record         measures three times and writes baseline.json instead; tolerances stay
          --only <part>    only cases whose name contains this, such as Forward or Viewers=300
          --rounds 20      visits to each case, 3 to 200
        """;

    /// <summary>Reads the arguments behind <c>guard</c>.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or out of its range; the message says what is right.</exception>
    public static GuardOptions Read(ReadOnlySpan<string> arguments)
    {
        var read = new GuardOptions(Record: false, Only: "", Rounds: 20);
        for (var i = 0; i < arguments.Length; i++)
        {
            read = arguments[i] switch
            {
                "--record" => read with { Record = true },
                "--only" => read with { Only = Value(arguments, ++i) },
                "--rounds" => read with { Rounds = OptionText.Number("--rounds", Value(arguments, ++i), 3, 200) },
                var unknown => throw new ArgumentException($"'{unknown}' is no option of the guard.\n{Help}"),
            };
        }

        return read;
    }

    private static string Value(ReadOnlySpan<string> arguments, int at) =>
        at < arguments.Length ? arguments[at] : throw new ArgumentException($"{arguments[at - 1]} wants a value.\n{Help}");
}
