using System.Globalization;

namespace Streaming.Benchmarks.Guard;

/// <summary>The guard's figures for a reader.</summary>
internal static class GuardTable
{
    public static void Write(TextWriter output, IReadOnlyList<Measured> measured, Baseline baseline)
    {
        var width = measured.Max(one => one.Name.Length);
        output.WriteLine($"{"".PadRight(width)}       time  allocated  ratio ± visits  recorded  allowed");
        foreach (var one in measured)
        {
            var recorded = baseline.Cases.GetValueOrDefault(one.Name);
            output.Write(string.Create(CultureInfo.InvariantCulture,
                $"{one.Name.PadRight(width)} {Time(one.Nanoseconds),10} {one.Allocated,8:0.###} B {one.Ratio,6:0.000} ± {one.Spread / one.Ratio / 2,4:0 %}   "));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{recorded?.Ratio,8:0.000} {recorded?.Tolerance,8:+0 %}   {one.Reference} ({Time(one.ReferenceNanoseconds)})"));
        }
    }

    private static string Time(double nanoseconds) => nanoseconds < 1_000
        ? string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns")
        : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000:0.00} µs");
}
