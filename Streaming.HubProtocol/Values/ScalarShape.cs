using System.Text.Json.Serialization.Metadata;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>Texts, numbers, truth and bytes: what MessagePack has forms of its own for.</summary>
/// <param name="json">For the numbers that JSON has no digits for: they are refused, or put into words, as the options say.</param>
internal sealed class ScalarShape(JsonShape json) : Shape
{
    /// <summary>The shape of <paramref name="contract"/>'s type; null when it is none of these.</summary>
    public static ScalarShape? For(JsonTypeInfo contract)
    {
        var type = contract.Type;
        return Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => null,
            TypeCode.Char or TypeCode.DateTime or TypeCode.Decimal or TypeCode.DBNull or TypeCode.Empty => null,
            TypeCode.Object when type != typeof(byte[]) && type != typeof(ReadOnlyMemory<byte>) && type != typeof(Memory<byte>) => null,
            _ => new ScalarShape(new JsonShape(contract)),
        };
    }

    public override void Write(MessagePackWriter writer, object? value, int depth)
    {
        switch (value)
        {
            case null: writer.WriteNil(); break;
            case string text: writer.WriteString(text); break;
            case bool truth: writer.WriteBoolean(truth); break;
            case int number: writer.WriteInteger(number); break;
            case long number: writer.WriteInteger(number); break;
            case double number when double.IsFinite(number): writer.WriteDouble(number); break;
            case float number when float.IsFinite(number): writer.WriteSingle(number); break;
            case byte number: writer.WriteInteger((long)number); break;
            case sbyte number: writer.WriteInteger((long)number); break;
            case short number: writer.WriteInteger((long)number); break;
            case ushort number: writer.WriteInteger((long)number); break;
            case uint number: writer.WriteInteger((long)number); break;
            case ulong number: writer.WriteInteger(number); break;
            case byte[] bytes: writer.WriteBinary(bytes); break;
            case ReadOnlyMemory<byte> bytes: writer.WriteBinary(bytes.Span); break;
            case Memory<byte> bytes: writer.WriteBinary(bytes.Span); break;
            default: json.Write(writer, value, depth); break;
        }
    }
}
