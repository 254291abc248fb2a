using Streaming.Benchmarks.Runs;

namespace Streaming.Benchmarks.Hub;

/// <summary>What a hub run does. Server and load are processes of their own on loopback; it is bounded in time.</summary>
/// <param name="Connections">Connections that read, 1–5 000.</param>
/// <param name="Deltas">Roster deltas a second, 1–100.</param>
/// <param name="Seconds">How long each part is measured, 1–300.</param>
/// <param name="Stalled">Connections that stop reading in the second part, 0–1 000.</param>
/// <param name="Rounds">How often everything is done; the median counts, 1–20.</param>
/// <param name="Pinned">Whether the server has the first CPU for itself.</param>
/// <param name="Json">Where the figures go as JSON, too; null for nowhere.</param>
internal sealed record HubOptions(int Connections, int Deltas, int Seconds, int Stalled, int Rounds, bool Pinned, string? Json)
{
    public const string Help = """
        hub: one roster delta to a class, as often as said, over real WebSockets to a server in a process of its own; by our fan-out in each
        protocol that the server speaks, and by plain Clients.Group().SendAsync with JSON. Then again with connections that stop reading.
        Fails when a message is lost, doubled or out of order.

          --connections 1000    connections that read, 1 to 5000
          --deltas 10           deltas a second, 1 to 100
          --seconds 20          how long each part is measured, 1 to 300
          --stalled 50          connections that stop reading in the second part, 0 to 1000
          --rounds 3            how often everything is done, in turns; the median counts, 1 to 20
          --pinned 1            1: the server on the first CPU, the load on the others; 0: wherever the system puts them
          --json <file>         the figures as JSON, too
        """;

    /// <summary>Reads the arguments behind <c>hub</c>.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or out of its range; the message says what is right.</exception>
    public static HubOptions Read(ReadOnlySpan<string> arguments)
    {
        var read = new HubOptions(1_000, 10, 20, 50, 3, Environment.ProcessorCount > 1, null);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            read = arguments[i] switch
            {
                "--connections" => read with { Connections = OptionText.Number(arguments[i], value, 1, 5_000) },
                "--deltas" => read with { Deltas = OptionText.Number(arguments[i], value, 1, 100) },
                "--seconds" => read with { Seconds = OptionText.Number(arguments[i], value, 1, 300) },
                "--stalled" => read with { Stalled = OptionText.Number(arguments[i], value, 0, 1_000) },
                "--rounds" => read with { Rounds = OptionText.Number(arguments[i], value, 1, 20) },
                "--pinned" => read with { Pinned = OptionText.Number(arguments[i], value, 0, 1) == 1 },
                "--json" when value.Length > 0 => read with { Json = value },
                "--json" => throw new ArgumentException("--json takes the name of a file."),
                var unknown => throw new ArgumentException($"'{unknown}' is no option of the hub run.\n{Help}"),
            };
        }

        return read;
    }
}
