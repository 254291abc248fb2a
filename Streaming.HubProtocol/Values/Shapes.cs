using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>
/// Writes and reads values of .NET types after their JSON contracts, so that who decodes MessagePack finds what JSON would have had: the same
/// names, words, dates and left-out nulls.
/// </summary>
/// <remarks>Records, lists, texts and numbers are written without a detour; a type with a converter of its own goes through JSON text.</remarks>
internal sealed class Shapes
{
    private readonly ConcurrentDictionary<Type, Shape> _known = [];
    private readonly JsonSerializerOptions _options;
    private readonly int _mostDepth;
    private readonly Func<Type, Shape> _make;
    private readonly AnyShape _anything;

    /// <param name="options">The one description of all shapes. Made read-only here.</param>
    public Shapes(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        _options = options;
        _mostDepth = options.MaxDepth == 0 ? JsonFromMessagePack.MostDepth : Math.Min(options.MaxDepth, JsonFromMessagePack.MostDepth);
        _make = Make;
        _anything = new AnyShape(this, new JsonShape(options.GetTypeInfo(typeof(object))));
    }

    /// <summary>What is left out where a property does not say.</summary>
    public JsonIgnoreCondition Ignored => _options.DefaultIgnoreCondition;

    /// <summary>Writes a value as the type that it is.</summary>
    /// <exception cref="JsonException">It is too deep; more may come out of a type's own converter.</exception>
    public void Write(MessagePackWriter writer, object? value) => _anything.Write(writer, value, depth: 0);

    /// <summary>Reads one whole value.</summary>
    /// <exception cref="JsonException">It is not what <paramref name="type"/> needs.</exception>
    /// <exception cref="InvalidDataException">It is damaged, too deep, or nothing that JSON has.</exception>
    public object? Read(ReadOnlySpan<byte> value, Type type)
    {
        var reader = new MessagePackReader(value);
        var scratch = JsonScratch.Rent();
        try
        {
            JsonFromMessagePack.Write(ref reader, scratch.Writer);
            return JsonSerializer.Deserialize(scratch.Flush(), _options.GetTypeInfo(type));
        }
        finally
        {
            JsonScratch.Return(scratch);
        }
    }

    /// <summary>The shape of values that are declared as <paramref name="type"/>.</summary>
    public Shape For(Type type) => _known.GetOrAdd(type, _make);

    /// <summary>The depth inside an array or a map that lies at <paramref name="depth"/>.</summary>
    public int Deeper(int depth) =>
        depth < _mostDepth ? depth + 1 : throw new JsonException($"A value is deeper than {_mostDepth} levels; does it hold itself?");

    private Shape Make(Type type)
    {
        if (type == typeof(object))
        {
            return _anything;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying && IsOwn(_options.GetTypeInfo(type)))
        {
            return new NullableShape(For(underlying));
        }

        var contract = _options.GetTypeInfo(type);
        if (!IsOwn(contract) || _options.ReferenceHandler is not null)
        {
            return new JsonShape(contract);
        }

        if (contract.Kind == JsonTypeInfoKind.Enumerable && contract is { ElementType: { } element, PolymorphismOptions: null, OnSerializing: null, OnSerialized: null })
        {
            return new SequenceShape(element, this);
        }

        return ObjectShape.Fits(contract) ? new ObjectShape(contract, this)
            : type.IsEnum ? new EnumShape(type, new JsonShape(contract))
            : ScalarShape.For(contract) ?? (Shape)new JsonShape(contract);
    }

    /// <summary>Whether the serializer writes the type in its own way, and numbers as numbers.</summary>
    private bool IsOwn(JsonTypeInfo contract) =>
        contract.Converter.GetType().Assembly == typeof(JsonSerializer).Assembly
        && ((contract.NumberHandling ?? _options.NumberHandling) & JsonNumberHandling.WriteAsString) == 0;
}
