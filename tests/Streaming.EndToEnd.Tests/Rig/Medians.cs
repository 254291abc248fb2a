namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>The middle of what was measured more than once.</summary>
internal static class Medians
{
    /// <summary>The value in the middle, or halfway between the two that are.</summary>
    /// <param name="values">At least one, in any order.</param>
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
