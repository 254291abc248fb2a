using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>How the values of one type are written, after the type's JSON contract.</summary>
internal abstract class Shape
{
    /// <summary>Writes one value.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="value">Of the shape's type, or null.</param>
    /// <param name="depth">How many arrays and maps it lies in.</param>
    public abstract void Write(MessagePackWriter writer, object? value, int depth);
}
