using Streaming.Benchmarks.Runs;

namespace Streaming.Benchmarks.Load;

/// <summary>What a load run does. All of it stays on loopback and is bounded in time.</summary>
/// <param name="Viewers">Students, 1–1 000.</param>
/// <param name="Seconds">How long is measured, 1–600.</param>
/// <param name="FramesPerSecond">Pictures a second, 1–60.</param>
/// <param name="PacketsPerFrame">Packets of each picture, 1–50.</param>
/// <param name="PacketSize">RTP packet size in bytes, 100–1 200.</param>
internal sealed record LoadOptions(int Viewers, int Seconds, int FramesPerSecond, int PacketsPerFrame, int PacketSize)
{
    public const string Help = """
        load: one teacher and many students in one class, over real sockets on loopback; prints what a forwarded packet costs.

          --viewers 100    students, 1 to 1000
          --seconds 30     how long is measured, 1 to 600
          --fps 50         pictures a second, 1 to 60
          --frame 5        packets of each picture, 1 to 50
          --size 1100      bytes of each packet, 100 to 1200
        """;

    /// <summary>Reads the arguments behind <c>load</c>.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or out of its range; the message says what is right.</exception>
    public static LoadOptions Read(ReadOnlySpan<string> arguments)
    {
        var read = new LoadOptions(100, 30, 50, 5, 1_100);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            read = arguments[i] switch
            {
                "--viewers" => read with { Viewers = OptionText.Number(arguments[i], value, 1, 1_000) },
                "--seconds" => read with { Seconds = OptionText.Number(arguments[i], value, 1, 600) },
                "--fps" => read with { FramesPerSecond = OptionText.Number(arguments[i], value, 1, 60) },
                "--frame" => read with { PacketsPerFrame = OptionText.Number(arguments[i], value, 1, 50) },
                "--size" => read with { PacketSize = OptionText.Number(arguments[i], value, 100, 1_200) },
                var unknown => throw new ArgumentException($"'{unknown}' is no option of the load run.\n{Help}"),
            };
        }

        return read;
    }
}
