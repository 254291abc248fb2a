using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Streaming.HubProtocol.Format;

/// <summary>Writes MessagePack values one after the other into a buffer of its own, each in its shortest form.</summary>
/// <remarks>
/// <see cref="Rent"/> gives the calling thread's writer; whoever rents returns in the same method. In front of the values there is room for
/// the length that frames a message, so that a whole frame is one piece.
/// </remarks>
internal sealed class MessagePackWriter
{
    private const int FirstCapacity = 1_024;
    private const int MostKept = 64 * 1_024;

    [ThreadStatic]
    private static MessagePackWriter? _kept;

    private byte[] _buffer = new byte[FirstCapacity];
    private int _at = MessageFrame.MostPrefix;

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(MessageFrame.MostPrefix, Length);

    /// <summary>How many bytes were written.</summary>
    public int Length => _at - MessageFrame.MostPrefix;

    /// <summary>An empty writer; another thread never has the same one.</summary>
    public static MessagePackWriter Rent()
    {
        var writer = _kept ?? new MessagePackWriter();
        _kept = null;
        return writer;
    }

    /// <summary>Gives the writer back; what it has written is void. One that has grown much is left to the collector.</summary>
    public static void Return(MessagePackWriter writer)
    {
        writer._at = MessageFrame.MostPrefix;
        if (writer._buffer.Length <= MostKept)
        {
            _kept = writer;
        }
    }

    /// <summary>What was written with its length in front: one message as it travels. Valid until the next write.</summary>
    public ReadOnlySpan<byte> Frame()
    {
        var start = MessageFrame.MostPrefix - MessageFrame.PrefixOf(Length);
        MessageFrame.WritePrefix(_buffer.AsSpan(start), Length);
        return _buffer.AsSpan(start.._at);
    }

    public void WriteNil() => WriteByte(0xC0);

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)0xC3 : (byte)0xC2);

    public void WriteInteger(long value)
    {
        switch (value)
        {
            case >= 0: WriteInteger((ulong)value); break;
            case >= -32: WriteByte((byte)value); break;
            case >= sbyte.MinValue:
                WriteByte(0xD0);
                WriteByte((byte)value);
                break;
            case >= short.MinValue: BinaryPrimitives.WriteInt16BigEndian(Coded(0xD1, 2), (short)value); break;
            case >= int.MinValue: BinaryPrimitives.WriteInt32BigEndian(Coded(0xD2, 4), (int)value); break;
            default: BinaryPrimitives.WriteInt64BigEndian(Coded(0xD3, 8), value); break;
        }
    }

    public void WriteInteger(ulong value)
    {
        switch (value)
        {
            case <= 0x7F: WriteByte((byte)value); break;
            case <= byte.MaxValue:
                WriteByte(0xCC);
                WriteByte((byte)value);
                break;
            case <= ushort.MaxValue: BinaryPrimitives.WriteUInt16BigEndian(Coded(0xCD, 2), (ushort)value); break;
            case <= uint.MaxValue: BinaryPrimitives.WriteUInt32BigEndian(Coded(0xCE, 4), (uint)value); break;
            default: BinaryPrimitives.WriteUInt64BigEndian(Coded(0xCF, 8), value); break;
        }
    }

    public void WriteSingle(float value) => BinaryPrimitives.WriteSingleBigEndian(Coded(0xCA, 4), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleBigEndian(Coded(0xCB, 8), value);

    /// <summary>Writes a text; half a surrogate pair becomes U+FFFD, as it does in JSON.</summary>
    public void WriteString(ReadOnlySpan<char> value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(length);
        Encoding.UTF8.GetBytes(value, Grow(length));
    }

    public void WriteNullableString(string? value)
    {
        if (value is null)
        {
            WriteNil();
        }
        else
        {
            WriteString(value);
        }
    }

    /// <param name="utf8">Valid UTF-8.</param>
    public void WriteUtf8(ReadOnlySpan<byte> utf8)
    {
        WriteStringHeader(utf8.Length);
        utf8.CopyTo(Grow(utf8.Length));
    }

    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        switch (value.Length)
        {
            case <= byte.MaxValue:
                WriteByte(0xC4);
                WriteByte((byte)value.Length);
                break;
            case <= ushort.MaxValue: BinaryPrimitives.WriteUInt16BigEndian(Coded(0xC5, 2), (ushort)value.Length); break;
            default: BinaryPrimitives.WriteInt32BigEndian(Coded(0xC6, 4), value.Length); break;
        }

        value.CopyTo(Grow(value.Length));
    }

    /// <param name="count">How many values follow.</param>
    public void WriteArrayHeader(int count) => EndArray(Begin(), count);

    /// <param name="count">How many pairs of a key and a value follow.</param>
    public void WriteMapHeader(int count) => EndMap(Begin(), count);

    /// <summary>Begins an array or a map whose count is known when it ends.</summary>
    /// <returns>What its end has to be told.</returns>
    public int Begin()
    {
        WriteByte(0);
        return _at - 1;
    }

    /// <summary>Ends the array that <see cref="Begin"/> began at <paramref name="begun"/>.</summary>
    public void EndArray(int begun, int count) => End(begun, count, fix: 0x90, wide: 0xDC);

    /// <summary>Ends the map that <see cref="Begin"/> began at <paramref name="begun"/>.</summary>
    public void EndMap(int begun, int count) => End(begun, count, fix: 0x80, wide: 0xDE);

    /// <param name="value">One whole value, or several.</param>
    public void WriteRaw(ReadOnlySpan<byte> value) => value.CopyTo(Grow(value.Length));

    /// <inheritdoc cref="WriteRaw(ReadOnlySpan{byte})"/>
    public void WriteRaw(in ReadOnlySequence<byte> value) => value.CopyTo(Grow(checked((int)value.Length)));

    private void WriteStringHeader(int length)
    {
        switch (length)
        {
            case <= 31: WriteByte((byte)(0xA0 | length)); break;
            case <= byte.MaxValue:
                WriteByte(0xD9);
                WriteByte((byte)length);
                break;
            case <= ushort.MaxValue: BinaryPrimitives.WriteUInt16BigEndian(Coded(0xDA, 2), (ushort)length); break;
            default: BinaryPrimitives.WriteInt32BigEndian(Coded(0xDB, 4), length); break;
        }
    }

    // Nearly all counts fit the one byte that was kept for them; a greater one pushes what follows aside.
    private void End(int begun, int count, byte fix, byte wide)
    {
        if (count <= 15)
        {
            _buffer[begun] = (byte)(fix | count);
            return;
        }

        var more = count <= ushort.MaxValue ? 2 : 4;
        Grow(more);
        _buffer.AsSpan((begun + 1)..(_at - more)).CopyTo(_buffer.AsSpan(begun + 1 + more));
        if (more == 2)
        {
            _buffer[begun] = wide;
            BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(begun + 1), (ushort)count);
        }
        else
        {
            _buffer[begun] = (byte)(wide + 1);
            BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(begun + 1), count);
        }
    }

    private void WriteByte(byte value)
    {
        if (_at == _buffer.Length)
        {
            Enlarge(1);
        }

        _buffer[_at++] = value;
    }

    private Span<byte> Coded(byte code, int length)
    {
        var span = Grow(1 + length);
        span[0] = code;
        return span[1..];
    }

    private Span<byte> Grow(int length)
    {
        if (length > _buffer.Length - _at)
        {
            Enlarge(length);
        }

        var span = _buffer.AsSpan(_at, length);
        _at += length;
        return span;
    }

    private void Enlarge(int length) => Array.Resize(ref _buffer, Math.Max(checked(_at + length), (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
}
