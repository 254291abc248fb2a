namespace Streaming.Tests.Shared.Links;

/// <summary>
/// Loss that comes in bursts: a link with a good state, in which all passes, and a bad one, in which nothing does (Gilbert–Elliott).
/// </summary>
/// <param name="Share">Share of the datagrams that are lost, in the long run: 0 to below 1.</param>
/// <param name="MeanLength">How many datagrams a burst takes on average, 1 or more.</param>
internal readonly record struct BurstLoss(double Share, double MeanLength)
{
    /// <summary>The chance that a burst begins with the next datagram.</summary>
    public double Begins => Share == 0 ? 0 : Math.Min(1, Share / (MeanLength * (1 - Share)));

    /// <summary>The chance that it ends with it.</summary>
    public double Ends => 1 / MeanLength;
}
