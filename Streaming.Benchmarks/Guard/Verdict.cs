using System.Globalization;

namespace Streaming.Benchmarks.Guard;

/// <summary>What is wrong with a case.</summary>
/// <param name="Case">Which.</param>
/// <param name="Line">What, measured and allowed, and what to do.</param>
/// <param name="MayBeNoise">Whether another measuring may find it well: time may, bytes may not.</param>
internal sealed record Breach(string Case, string Line, bool MayBeNoise);

/// <summary>Compares what was measured with the baseline.</summary>
internal sealed class Verdict(Baseline baseline, Machine here)
{
    private const string ToDo = "If that is meant: dotnet run -c Release --project Streaming.Benchmarks -- guard --record, and say why in the commit.";

    /// <summary>Whether ratios are comparable: another processor has other ones.</summary>
    public bool IsSameProcessor => baseline.Recorded.Cpu == here.Cpu;

    /// <summary>What to know before the figures are read; nothing on the machine of the baseline.</summary>
    public IEnumerable<string> Remarks()
    {
        if (!IsSameProcessor)
        {
            yield return $"ANOTHER PROCESSOR: the baseline is of \"{baseline.Recorded.Cpu}\", this is \"{here.Cpu}\". Allocations are compared exactly, "
                + Text($"times only within {1 + baseline.ToleranceElsewhere:0.0} times their ratio: a smaller slow-down is NOT seen here.");
        }

        if (baseline.Recorded.Runtime != here.Runtime)
        {
            yield return $"ANOTHER RUNTIME: the baseline is of {baseline.Recorded.Runtime}, this is {here.Runtime}. What differs below may be the framework's.";
        }

        if (baseline.Recorded.OpenSsl != here.OpenSsl)
        {
            yield return $"ANOTHER OPENSSL: the baseline is of {baseline.Recorded.OpenSsl}, this is {here.OpenSsl}. Ratios to its AES may differ.";
        }
    }

    /// <summary>Looks at one case.</summary>
    public IEnumerable<Breach> Judge(Measured measured)
    {
        if (!baseline.Cases.TryGetValue(measured.Name, out var recorded))
        {
            yield return new Breach(measured.Name, $"{measured.Name}: not in baseline.json. Record it: guard --record --only \"{measured.Name}\"", MayBeNoise: false);
            yield break;
        }

        if (measured.Allocated != recorded.Allocated)
        {
            yield return new Breach(
                measured.Name,
                Text($"{measured.Name}: allocates {measured.Allocated:0.###} bytes an operation, allowed are {recorded.Allocated:0.###} exactly. {ToDo}"),
                MayBeNoise: false);
        }

        if (measured.Reference != recorded.Reference)
        {
            yield return new Breach(
                measured.Name, $"{measured.Name}: told against \"{measured.Reference}\", recorded against \"{recorded.Reference}\". {ToDo}", MayBeNoise: false);
        }
        else if (measured.Ratio > Most(recorded))
        {
            yield return new Breach(
                measured.Name,
                Text($"{measured.Name}: takes {measured.Ratio:0.000} times \"{measured.Reference}\", {measured.Ratio / recorded.Ratio - 1:+0%;-0%} on the recorded ")
                    + Text($"{recorded.Ratio:0.000}, allowed is {Most(recorded):0.000}. {ToDo}"),
                MayBeNoise: true);
        }
    }

    /// <summary>Whether a case is so much faster than recorded that a slow-down would hide in the difference.</summary>
    public bool IsFaster(Measured measured) =>
        IsSameProcessor && baseline.Cases.TryGetValue(measured.Name, out var recorded) && measured.Ratio < recorded.Ratio * (1 - recorded.Tolerance);

    /// <summary>Cases of the baseline that the suite has no more.</summary>
    public IEnumerable<Breach> Missing(IEnumerable<string> names) => baseline.Cases.Keys.Except(names, StringComparer.Ordinal)
        .Select(name => new Breach(name, $"{name}: in baseline.json, but not in the suite any more. {ToDo}", MayBeNoise: false));

    private double Most(BaselineCase recorded) =>
        recorded.Ratio * (1 + (IsSameProcessor ? recorded.Tolerance : Math.Max(recorded.Tolerance, baseline.ToleranceElsewhere)));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
