using System.Buffers.Binary;

namespace Streaming.Tests.Shared.Servers;

/// <summary>One field of a Protocol Buffers message.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Value">A varint or fixed-size value; 0 for bytes.</param>
/// <param name="Bytes">The content of a length-delimited field.</param>
internal readonly record struct ProtobufField(int Number, ulong Value, ReadOnlyMemory<byte> Bytes);

/// <summary>Walks through the fields of a Protocol Buffers message (encoding guide, "Message structure").</summary>
internal static class Protobuf
{
    /// <summary>The fields in their order.</summary>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public static List<ProtobufField> Read(ReadOnlyMemory<byte> message)
    {
        const int varint = 0, fixed64 = 1, delimited = 2, fixed32 = 5;
        var fields = new List<ProtobufField>();
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint(message.Span, ref at);
            var number = (int)(key >> 3);
            switch ((int)(key & 7))
            {
                case varint:
                    fields.Add(new ProtobufField(number, Varint(message.Span, ref at), default));
                    break;
                case fixed64:
                    fields.Add(new ProtobufField(number, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default));
                    at += 8;
                    break;
                case fixed32:
                    fields.Add(new ProtobufField(number, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), default));
                    at += 4;
                    break;
                case delimited:
                    var length = (int)Varint(message.Span, ref at);
                    fields.Add(new ProtobufField(number, 0, message.Slice(at, length)));
                    at += length;
                    break;
                default:
                    throw new FormatException($"Field {number} has an unknown type.");
            }
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("A number is too long.");
    }
}
