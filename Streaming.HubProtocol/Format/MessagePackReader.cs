using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Streaming.HubProtocol.Format;

/// <summary>Reads MessagePack values one after the other where they lie.</summary>
/// <remarks>
/// Every length is checked against the bytes that are really there before anything is made of it: an element has a byte at least, so a count
/// can promise no more elements than there are bytes. Whatever does not fit throws <see cref="InvalidDataException"/>.
/// </remarks>
internal ref struct MessagePackReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _bytes.Length - _at;

    /// <summary>The family of the next value.</summary>
    public readonly MessagePackKind Kind => Remaining == 0 ? throw Truncated() : _bytes[_at] switch
    {
        <= 0x7F or >= 0xE0 => MessagePackKind.Integer,
        <= 0x8F => MessagePackKind.Map,
        <= 0x9F => MessagePackKind.Array,
        <= 0xBF => MessagePackKind.String,
        0xC0 => MessagePackKind.Nil,
        0xC2 or 0xC3 => MessagePackKind.Boolean,
        >= 0xC4 and <= 0xC6 => MessagePackKind.Binary,
        >= 0xC7 and <= 0xC9 => MessagePackKind.Extension,
        0xCA => MessagePackKind.Single,
        0xCB => MessagePackKind.Double,
        >= 0xCC and <= 0xD3 => MessagePackKind.Integer,
        >= 0xD4 and <= 0xD8 => MessagePackKind.Extension,
        >= 0xD9 and <= 0xDB => MessagePackKind.String,
        0xDC or 0xDD => MessagePackKind.Array,
        0xDE or 0xDF => MessagePackKind.Map,
        _ => throw new InvalidDataException("0xC1 begins no MessagePack value."),
    };

    /// <summary>Takes the next value if it is nil.</summary>
    public bool TryReadNil()
    {
        if (Kind != MessagePackKind.Nil)
        {
            return false;
        }

        _at++;
        return true;
    }

    public bool ReadBoolean()
    {
        Expect(MessagePackKind.Boolean);
        return _bytes[_at++] == 0xC3;
    }

    /// <summary>Reads an integer of any width.</summary>
    /// <param name="large">The value when it is above <see cref="long.MaxValue"/>; the result is then 0.</param>
    public long ReadInteger(out ulong large)
    {
        Expect(MessagePackKind.Integer);
        large = 0;
        var code = _bytes[_at++];
        switch (code)
        {
            case 0xCC: return Take(1)[0];
            case 0xCD: return BinaryPrimitives.ReadUInt16BigEndian(Take(2));
            case 0xCE: return BinaryPrimitives.ReadUInt32BigEndian(Take(4));
            case 0xCF:
                var value = BinaryPrimitives.ReadUInt64BigEndian(Take(8));
                large = value > long.MaxValue ? value : 0;
                return value > long.MaxValue ? 0 : (long)value;
            case 0xD0: return (sbyte)Take(1)[0];
            case 0xD1: return BinaryPrimitives.ReadInt16BigEndian(Take(2));
            case 0xD2: return BinaryPrimitives.ReadInt32BigEndian(Take(4));
            case 0xD3: return BinaryPrimitives.ReadInt64BigEndian(Take(8));
            default: return (sbyte)code;   // the two fixed forms are their own value
        }
    }

    /// <summary>Reads an integer that has to fit a <see cref="long"/>.</summary>
    public long ReadInt64() =>
        ReadInteger(out var large) is var value && large == 0 ? value : throw new InvalidDataException($"{large} is more than a signed 64-bit integer holds.");

    public float ReadSingle()
    {
        Expect(MessagePackKind.Single);
        _at++;
        return BinaryPrimitives.ReadSingleBigEndian(Take(4));
    }

    public double ReadDouble()
    {
        Expect(MessagePackKind.Double);
        _at++;
        return BinaryPrimitives.ReadDoubleBigEndian(Take(8));
    }

    /// <summary>The bytes of a string, which are valid UTF-8; valid as long as the reader's own bytes.</summary>
    public ReadOnlySpan<byte> ReadUtf8() =>
        ReadStringBytes() is var bytes && Utf8.IsValid(bytes) ? bytes : throw new InvalidDataException("A string is no valid UTF-8.");

    public string ReadString() => Encoding.UTF8.GetString(ReadUtf8());

    public string? ReadNullableString() => TryReadNil() ? null : ReadString();

    /// <summary>The bytes of a binary value; valid as long as the reader's own bytes.</summary>
    public ReadOnlySpan<byte> ReadBinary()
    {
        Expect(MessagePackKind.Binary);
        return Take(_bytes[_at++] switch
        {
            0xC4 => Length8(),
            0xC5 => Length16(),
            _ => Length32(),
        });
    }

    /// <summary>The bytes of an extension; valid as long as the reader's own bytes.</summary>
    /// <param name="type">−128…−1 are MessagePack's own, 0…127 an application's.</param>
    public ReadOnlySpan<byte> ReadExtension(out sbyte type)
    {
        Expect(MessagePackKind.Extension);
        var length = _bytes[_at++] switch
        {
            0xC7 => Length8(),
            0xC8 => Length16(),
            0xC9 => Length32(),
            var fix => 1 << (fix - 0xD4),
        };
        type = (sbyte)Take(1)[0];
        return Take(length);
    }

    /// <summary>The number of elements that follow.</summary>
    public int ReadArrayHeader()
    {
        Expect(MessagePackKind.Array);
        var code = _bytes[_at++];
        return Counted(code switch
        {
            0xDC => Length16(),
            0xDD => Length32(),
            _ => code & 0x0F,
        });
    }

    /// <summary>The number of pairs of a key and a value that follow.</summary>
    public int ReadMapHeader()
    {
        Expect(MessagePackKind.Map);
        var code = _bytes[_at++];
        var pairs = code switch
        {
            0xDE => Length16(),
            0xDF => Length32(),
            _ => code & 0x0F,
        };
        Counted(2L * pairs);
        return pairs;
    }

    /// <summary>Takes the next value whole, unread; valid as long as the reader's own bytes. Needs no stack, however deep the value is.</summary>
    public ReadOnlySpan<byte> ReadRaw()
    {
        var start = _at;
        for (var open = 1L; open > 0; open--)
        {
            open += Kind switch
            {
                MessagePackKind.Array => ReadArrayHeader(),
                MessagePackKind.Map => 2L * ReadMapHeader(),
                var kind => SkipScalar(kind),
            };
        }

        return _bytes[start.._at];
    }

    // The format lets a string be any bytes: who passes over one need not care.
    private ReadOnlySpan<byte> ReadStringBytes()
    {
        Expect(MessagePackKind.String);
        var code = _bytes[_at++];
        return Take(code switch
        {
            0xD9 => Length8(),
            0xDA => Length16(),
            0xDB => Length32(),
            _ => code & 0x1F,
        });
    }

    private int SkipScalar(MessagePackKind kind)
    {
        switch (kind)
        {
            case MessagePackKind.Integer: ReadInteger(out _); break;
            case MessagePackKind.String: ReadStringBytes(); break;
            case MessagePackKind.Binary: ReadBinary(); break;
            case MessagePackKind.Extension: ReadExtension(out _); break;
            case MessagePackKind.Single: ReadSingle(); break;
            case MessagePackKind.Double: ReadDouble(); break;
            default: _at++; break;
        }

        return 0;
    }

    private readonly void Expect(MessagePackKind expected)
    {
        if (Kind is var kind && kind != expected)
        {
            throw new InvalidDataException($"Expected {expected}, and there is {kind}.");
        }
    }

    private readonly int Counted(long count) =>
        count <= Remaining ? (int)count : throw new InvalidDataException($"{count} elements are promised, and {Remaining} bytes are left.");

    private int Length8() => Take(1)[0];

    private int Length16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    private int Length32()
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(Take(4));
        return length <= (uint)Remaining ? (int)length : throw new InvalidDataException($"A length of {length} is promised, and {Remaining} bytes are left.");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > Remaining)
        {
            throw Truncated();
        }

        var taken = _bytes.Slice(_at, length);
        _at += length;
        return taken;
    }

    private static InvalidDataException Truncated() => new("The message ends in the middle of a value.");
}
