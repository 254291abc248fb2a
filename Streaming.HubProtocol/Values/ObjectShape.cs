using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>A record: a map from the names that its JSON contract gives to the values of its properties, in the contract's order.</summary>
internal sealed class ObjectShape : Shape
{
    private readonly Part[] _parts;
    private readonly Shapes _shapes;

    public ObjectShape(JsonTypeInfo contract, Shapes shapes)
    {
        _shapes = shapes;
        _parts = [.. contract.Properties.Where(property => property.Get is not null).Select(property => new Part(property, shapes))];
    }

    /// <summary>Whether a map of its properties is all there is to the contract.</summary>
    public static bool Fits(JsonTypeInfo contract) =>
        contract is { Kind: JsonTypeInfoKind.Object, PolymorphismOptions: null, OnSerializing: null, OnSerialized: null }
        && contract.Properties.All(property =>
            property is { CustomConverter: null, IsExtensionData: false }
            && property.NumberHandling.GetValueOrDefault() is JsonNumberHandling.Strict or JsonNumberHandling.AllowReadingFromString);

    public override void Write(MessagePackWriter writer, object? value, int depth)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        var inside = _shapes.Deeper(depth);
        var (map, count) = (writer.Begin(), 0);
        foreach (var part in _parts)
        {
            if (part.TryWrite(writer, value, inside))
            {
                count++;
            }
        }

        writer.EndMap(map, count);
    }

    private sealed class Part
    {
        private readonly byte[] _name;
        private readonly Func<object, object?> _get;
        private readonly Func<object, object?, bool> _isWritten;
        private readonly Type _type;
        private readonly Shapes _shapes;
        private Shape? _shape;

        public Part(JsonPropertyInfo property, Shapes shapes)
        {
            var name = new MessagePackWriter();
            name.WriteString(property.Name);
            _name = name.Written.ToArray();
            _get = property.Get!;
            _isWritten = property.ShouldSerialize ?? Rule(property.PropertyType, shapes.Ignored);
            _type = property.PropertyType;
            _shapes = shapes;
        }

        public bool TryWrite(MessagePackWriter writer, object owner, int depth)
        {
            var value = _get(owner);
            if (!_isWritten(owner, value))
            {
                return false;
            }

            writer.WriteRaw(_name);
            (_shape ??= _shapes.For(_type)).Write(writer, value, depth);
            return true;
        }

        // A property's own attribute has become its ShouldSerialize; the rule of the options is applied inside the serializer, and so here too.
        private static Func<object, object?, bool> Rule(Type type, JsonIgnoreCondition ignored) => ignored switch
        {
            JsonIgnoreCondition.WhenWritingNull => static (_, value) => value is not null,
            JsonIgnoreCondition.WhenWritingDefault when type.IsValueType && Nullable.GetUnderlyingType(type) is null && Activator.CreateInstance(type) is var zero =>
                (_, value) => !Equals(value, zero),
            JsonIgnoreCondition.WhenWritingDefault => static (_, value) => value is not null,
            _ => static (_, _) => true,
        };
    }
}
