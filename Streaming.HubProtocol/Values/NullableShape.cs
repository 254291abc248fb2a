using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>A value that may be missing. Boxed it is the bare value, or null.</summary>
internal sealed class NullableShape(Shape bare) : Shape
{
    public override void Write(MessagePackWriter writer, object? value, int depth)
    {
        if (value is null)
        {
            writer.WriteNil();
        }
        else
        {
            bare.Write(writer, value, depth);
        }
    }
}
