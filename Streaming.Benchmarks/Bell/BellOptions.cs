using Streaming.Benchmarks.Runs;

namespace Streaming.Benchmarks.Bell;

/// <summary>What a bell run does. It starts a Redis of its own on loopback, writes below the system's folder for temporary files, and is bounded in time.</summary>
/// <param name="Classes">Classes at the bell, 1–1 000.</param>
/// <param name="Students">Students of each, 1–1 000.</param>
/// <param name="Joins">Joins a second, 1–100 000.</param>
/// <param name="Transitions">Drops and returns a second afterwards, 1–100 000.</param>
/// <param name="Seconds">How long these are measured, 1–600.</param>
/// <param name="Threads">Threads that the classes are spread over, 1–16.</param>
internal sealed record BellOptions(int Classes, int Students, int Joins, int Transitions, int Seconds, int Threads)
{
    public const string Help = """
        bell: a city's classes at the bell and in their lesson, from the command to a real Redis, without sockets to members;
        prints what a join, a drop and a return cost, and fails when an entry is lost or doubled.

          --classes 400         classes, 1 to 1000
          --students 50         students of each, 1 to 1000
          --joins 5800          joins a second, 1 to 100000
          --transitions 2300    drops and returns a second, 1 to 100000
          --seconds 10          how long these are measured, 1 to 600
          --threads 2           threads that the classes are spread over, 1 to 16
        """;

    /// <summary>Reads the arguments behind <c>bell</c>.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or out of its range; the message says what is right.</exception>
    public static BellOptions Read(ReadOnlySpan<string> arguments)
    {
        var read = new BellOptions(400, 50, 5_800, 2_300, 10, 2);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            read = arguments[i] switch
            {
                "--classes" => read with { Classes = OptionText.Number(arguments[i], value, 1, 1_000) },
                "--students" => read with { Students = OptionText.Number(arguments[i], value, 1, 1_000) },
                "--joins" => read with { Joins = OptionText.Number(arguments[i], value, 1, 100_000) },
                "--transitions" => read with { Transitions = OptionText.Number(arguments[i], value, 1, 100_000) },
                "--seconds" => read with { Seconds = OptionText.Number(arguments[i], value, 1, 600) },
                "--threads" => read with { Threads = OptionText.Number(arguments[i], value, 1, 16) },
                var unknown => throw new ArgumentException($"'{unknown}' is no option of the bell run.\n{Help}"),
            };
        }

        return read;
    }
}
