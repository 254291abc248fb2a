using System.Buffers;
using System.Text.Json;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>Writes what a JSON text says as MessagePack.</summary>
internal static class MessagePackFromJson
{
    /// <param name="json">One whole JSON value.</param>
    /// <param name="writer">Where it goes.</param>
    public static void Write(ReadOnlySpan<byte> json, MessagePackWriter writer)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonFromMessagePack.MostDepth });
        reader.Read();
        Write(ref reader, writer);
    }

    // The reader bounds the depth.
    private static void Write(ref Utf8JsonReader reader, MessagePackWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: WriteMap(ref reader, writer); break;
            case JsonTokenType.StartArray: WriteArray(ref reader, writer); break;
            case JsonTokenType.String or JsonTokenType.PropertyName: WriteString(ref reader, writer); break;
            case JsonTokenType.Number: WriteNumber(ref reader, writer); break;
            case JsonTokenType.True: writer.WriteBoolean(true); break;
            case JsonTokenType.False: writer.WriteBoolean(false); break;
            default: writer.WriteNil(); break;
        }
    }

    private static void WriteMap(ref Utf8JsonReader reader, MessagePackWriter writer)
    {
        var (map, count) = (writer.Begin(), 0);
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndObject; count++)
        {
            Write(ref reader, writer);
            reader.Read();
            Write(ref reader, writer);
        }

        writer.EndMap(map, count);
    }

    private static void WriteArray(ref Utf8JsonReader reader, MessagePackWriter writer)
    {
        var (array, count) = (writer.Begin(), 0);
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            Write(ref reader, writer);
        }

        writer.EndArray(array, count);
    }

    private static void WriteString(ref Utf8JsonReader reader, MessagePackWriter writer)
    {
        if (!reader.ValueIsEscaped)
        {
            writer.WriteUtf8(reader.ValueSpan);
            return;
        }

        var unescaped = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        writer.WriteUtf8(unescaped.AsSpan(0, reader.CopyString(unescaped)));
        ArrayPool<byte>.Shared.Return(unescaped);
    }

    private static void WriteNumber(ref Utf8JsonReader reader, MessagePackWriter writer)
    {
        if (reader.TryGetInt64(out var integer))
        {
            writer.WriteInteger(integer);
        }
        else if (reader.TryGetUInt64(out var large))
        {
            writer.WriteInteger(large);
        }
        else
        {
            writer.WriteDouble(reader.GetDouble());
        }
    }
}
