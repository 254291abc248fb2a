namespace Streaming.Contracts;

/// <summary>A still of the shared screen, to be fetched at <c>/api/classes/{class}/stills/{hash}</c>.</summary>
/// <param name="Hash">The first 16 bytes of the SHA-256 of its bytes, in 32 hex digits: the same hash is the same still for ever.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Bytes">How many bytes it has, at most <see cref="MaxBytes"/>.</param>
public sealed record Still(string Hash, int Width, int Height, int Bytes)
{
    /// <summary>The largest still that is taken, in bytes.</summary>
    public const int MaxBytes = 48 * 1_024;

    /// <summary>The longest side of a still that is taken, in pixels.</summary>
    public const int MaxSide = 2_048;
}
