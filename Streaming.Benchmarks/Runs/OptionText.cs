using System.Globalization;

namespace Streaming.Benchmarks.Runs;

/// <summary>Reads the values of a run's options.</summary>
internal static class OptionText
{
    /// <exception cref="ArgumentException">The text is no whole number in the range; the message says what is right.</exception>
    public static int Number(string name, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{name} takes a whole number from {least} to {most}; '{text}' is none.");
}
