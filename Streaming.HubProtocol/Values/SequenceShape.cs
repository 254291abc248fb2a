using System.Collections;
using System.Text.Json;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>A list: an array of values of one declared type.</summary>
internal sealed class SequenceShape(Type element, Shapes shapes) : Shape
{
    private Shape? _element;

    public override void Write(MessagePackWriter writer, object? value, int depth)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        // Asked for when it is needed: a type may hold a list of itself.
        var shape = _element ??= shapes.For(element);
        var inside = shapes.Deeper(depth);
        if (value is IList list)
        {
            writer.WriteArrayHeader(list.Count);
            for (var i = 0; i < list.Count; i++)
            {
                shape.Write(writer, list[i], inside);
            }

            return;
        }

        var (array, count) = (writer.Begin(), 0);
        foreach (var item in (IEnumerable)value)
        {
            shape.Write(writer, item, inside);
            count++;
        }

        writer.EndArray(array, count);
    }
}
