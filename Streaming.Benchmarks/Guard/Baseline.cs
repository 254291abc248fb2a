using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Streaming.Benchmarks.Guard;

/// <summary>What a case is held to.</summary>
/// <param name="Allocated">Bytes an operation; exactly.</param>
/// <param name="Ratio">Time of a call in times of the reference, on the machine of the baseline.</param>
/// <param name="Tolerance">How much higher the ratio may be: 0.15 is 15 %.</param>
/// <param name="Reference">The reference's name.</param>
internal sealed record BaselineCase(decimal Allocated, double Ratio, double Tolerance, string Reference);

/// <summary>The content of <c>baseline.json</c>.</summary>
/// <param name="Recorded">The machine that the ratios are from.</param>
/// <param name="ToleranceElsewhere">How much higher a ratio may be on another processor.</param>
/// <param name="Cases">The cases by name, in the order of the suite.</param>
internal sealed record Baseline(Machine Recorded, double ToleranceElsewhere, IReadOnlyDictionary<string, BaselineCase> Cases)
{
    /// <summary>For a case that is recorded for the first time.</summary>
    public const double DefaultTolerance = 0.15;

    /// <summary>For the first recording: where a processor has no wide AES the path takes other ways, and its ratios are other ones.</summary>
    public const double DefaultToleranceElsewhere = 3.0;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Of nothing.</summary>
    public static Baseline Empty { get; } = new(new Machine("", "", ""), DefaultToleranceElsewhere, new Dictionary<string, BaselineCase>());

    /// <exception cref="ArgumentException">The text is no baseline; the message says what is right.</exception>
    public static Baseline Read(string text)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Baseline>(text, Options);
            return read is { Recorded: not null, Cases: not null } ? read : throw new JsonException("'recorded' or 'cases' is missing.");
        }
        catch (JsonException wrong)
        {
            throw new ArgumentException($"baseline.json cannot be read: {wrong.Message} Restore it, or record anew: guard --record", wrong);
        }
    }

    /// <summary>With what was measured here in the place of what was recorded; tolerances stay.</summary>
    /// <param name="measured">New values.</param>
    /// <param name="names">The cases of the suite, in order; others are left out.</param>
    public Baseline With(IReadOnlyList<Measured> measured, IReadOnlyList<string> names)
    {
        var cases = new Dictionary<string, BaselineCase>(StringComparer.Ordinal);
        var byName = measured.ToDictionary(one => one.Name, StringComparer.Ordinal);
        foreach (var name in names)
        {
            var before = Cases.GetValueOrDefault(name);
            if (byName.TryGetValue(name, out var now))
            {
                cases[name] = new BaselineCase(now.Allocated, Math.Round(now.Ratio, 3), before?.Tolerance ?? DefaultTolerance, now.Reference);
            }
            else if (before is not null)
            {
                cases[name] = before;
            }
        }

        return this with { Recorded = Machine.Here, Cases = cases };
    }

    /// <summary>The text of the file: a case a line, so that a change of one is a change of a line.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        text.Append("{\n  \"recorded\": {\n");
        text.Append($"    \"cpu\": {Quote(Recorded.Cpu)},\n    \"runtime\": {Quote(Recorded.Runtime)},\n    \"openSsl\": {Quote(Recorded.OpenSsl)}\n  }},\n");
        text.Append(CultureInfo.InvariantCulture, $"  \"toleranceElsewhere\": {ToleranceElsewhere},\n  \"cases\": {{");
        var separator = "\n";
        foreach (var (name, one) in Cases)
        {
            text.Append(separator).Append(CultureInfo.InvariantCulture, $"    {Quote(name)}: {{ \"allocated\": {one.Allocated:0.###}, \"ratio\": {one.Ratio:0.000}, ")
                .Append(CultureInfo.InvariantCulture, $"\"tolerance\": {one.Tolerance:0.00}, \"reference\": {Quote(one.Reference)} }}");
            separator = ",\n";
        }

        return text.Append("\n  }\n}\n").ToString();
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text, Options);
}
