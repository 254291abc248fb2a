using System.Buffers.Binary;
using System.Text.Json;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>Writes what a MessagePack value says as JSON: bytes as Base64, a timestamp as ISO 8601.</summary>
internal static class JsonFromMessagePack
{
    /// <summary>How deep values may lie in each other; a JSON reader's own limit is the same.</summary>
    public const int MostDepth = 64;

    private const sbyte Timestamp = -1;

    /// <summary>Writes the reader's next value.</summary>
    /// <exception cref="InvalidDataException">It is damaged, too deep, or nothing that JSON has.</exception>
    public static void Write(ref MessagePackReader reader, Utf8JsonWriter json) => Write(ref reader, json, depth: 0);

    private static void Write(ref MessagePackReader reader, Utf8JsonWriter json, int depth)
    {
        switch (reader.Kind)
        {
            case MessagePackKind.Nil:
                reader.TryReadNil();
                json.WriteNullValue();
                break;
            case MessagePackKind.Boolean: json.WriteBooleanValue(reader.ReadBoolean()); break;
            case MessagePackKind.Integer: WriteInteger(ref reader, json); break;
            case MessagePackKind.Single:
                var single = reader.ReadSingle();
                json.WriteNumberValue(float.IsFinite(single) ? single : throw NoNumber());
                break;
            case MessagePackKind.Double:
                var number = reader.ReadDouble();
                json.WriteNumberValue(double.IsFinite(number) ? number : throw NoNumber());
                break;
            case MessagePackKind.String: json.WriteStringValue(reader.ReadUtf8()); break;
            case MessagePackKind.Binary: json.WriteBase64StringValue(reader.ReadBinary()); break;
            case MessagePackKind.Array: WriteArray(ref reader, json, Deeper(depth)); break;
            case MessagePackKind.Map: WriteMap(ref reader, json, Deeper(depth)); break;
            default: json.WriteStringValue(ReadTimestamp(ref reader)); break;
        }
    }

    private static void WriteInteger(ref MessagePackReader reader, Utf8JsonWriter json)
    {
        var value = reader.ReadInteger(out var large);
        if (large == 0)
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNumberValue(large);
        }
    }

    private static void WriteArray(ref MessagePackReader reader, Utf8JsonWriter json, int depth)
    {
        json.WriteStartArray();
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
        {
            Write(ref reader, json, depth);
        }

        json.WriteEndArray();
    }

    private static void WriteMap(ref MessagePackReader reader, Utf8JsonWriter json, int depth)
    {
        json.WriteStartObject();
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            json.WritePropertyName(reader.ReadUtf8());
            Write(ref reader, json, depth);
        }

        json.WriteEndObject();
    }

    // A JavaScript Date travels so; its JSON would be the same text.
    private static DateTimeOffset ReadTimestamp(ref MessagePackReader reader)
    {
        var data = reader.ReadExtension(out var type);
        if (type != Timestamp)
        {
            throw new InvalidDataException($"Extension {type} has no meaning here; the only one that has is the timestamp, -1.");
        }

        var (seconds, nanoseconds) = data.Length switch
        {
            4 => (BinaryPrimitives.ReadUInt32BigEndian(data), 0u),
            8 when BinaryPrimitives.ReadUInt64BigEndian(data) is var both => ((long)(both & 0x3_FFFF_FFFF), (uint)(both >> 34)),
            12 => (BinaryPrimitives.ReadInt64BigEndian(data[4..]), BinaryPrimitives.ReadUInt32BigEndian(data)),
            _ => throw new InvalidDataException($"A timestamp has 4, 8 or 12 bytes, not {data.Length}."),
        };
        const uint nanosecondsPerTick = 100;
        return nanoseconds < 1_000_000_000 && seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / nanosecondsPerTick)
            : throw new InvalidDataException("A timestamp lies outside the years 1 to 9999, or has a second of nanoseconds or more.");
    }

    private static int Deeper(int depth) =>
        depth < MostDepth ? depth + 1 : throw new InvalidDataException($"A value is deeper than {MostDepth} levels.");

    private static InvalidDataException NoNumber() => new("A number is infinite or none, which JSON has no word for.");
}
