using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>A value that is declared as nothing more than an object, as every argument and result of a message is: written as what it is.</summary>
/// <param name="shapes">Where its own type's shape is.</param>
/// <param name="json">For members of a family whose base says how the members are told apart.</param>
internal sealed class AnyShape(Shapes shapes, JsonShape json) : Shape
{
    private readonly ConcurrentDictionary<Type, Shape> _known = [];

    public override void Write(MessagePackWriter writer, object? value, int depth)
    {
        if (value is null)
        {
            writer.WriteNil();
        }
        else if (value.GetType() == typeof(object))
        {
            writer.WriteMapHeader(0);
        }
        else
        {
            _known.GetOrAdd(value.GetType(), static (type, any) => any.Choose(type), this).Write(writer, value, depth);
        }
    }

    private Shape Choose(Type type)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (IsFamily(ancestor))
            {
                return json;
            }
        }

        return type.GetInterfaces().Any(IsFamily) ? json : shapes.For(type);
    }

    private static bool IsFamily(Type type) =>
        type.IsDefined(typeof(JsonDerivedTypeAttribute), inherit: false) || type.IsDefined(typeof(JsonPolymorphicAttribute), inherit: false);
}
