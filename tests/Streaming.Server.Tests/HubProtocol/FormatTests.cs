using System.Buffers;
using System.Text;
using Streaming.HubProtocol.Format;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>The formats of MessagePack, byte by byte, as its specification gives them.</summary>
public sealed class FormatTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "CC 80")]
    [InlineData(255, "CC FF")]
    [InlineData(256, "CD 01 00")]
    [InlineData(65_535, "CD FF FF")]
    [InlineData(65_536, "CE 00 01 00 00")]
    [InlineData(4_294_967_295, "CE FF FF FF FF")]
    [InlineData(4_294_967_296, "CF 00 00 00 01 00 00 00 00")]
    [InlineData(long.MaxValue, "CF 7F FF FF FF FF FF FF FF")]
    [InlineData(-1, "FF")]
    [InlineData(-32, "E0")]
    [InlineData(-33, "D0 DF")]
    [InlineData(-128, "D0 80")]
    [InlineData(-129, "D1 FF 7F")]
    [InlineData(-32_768, "D1 80 00")]
    [InlineData(-32_769, "D2 FF FF 7F FF")]
    [InlineData(int.MinValue, "D2 80 00 00 00")]
    [InlineData(int.MinValue - 1L, "D3 FF FF FF FF 7F FF FF FF")]
    [InlineData(long.MinValue, "D3 80 00 00 00 00 00 00 00")]
    public void AnIntegerTakesTheShortestForm(long value, string hex)
    {
        Assert.Equal(hex, Written(writer => writer.WriteInteger(value)));
        Assert.Equal(value, new MessagePackReader(Hex.Bytes(hex)).ReadInt64());
    }

    [Theory]
    [InlineData("CC 05", 5)]
    [InlineData("CD 00 05", 5)]
    [InlineData("CE 00 00 00 05", 5)]
    [InlineData("CF 00 00 00 00 00 00 00 05", 5)]
    [InlineData("D0 05", 5)]
    [InlineData("D1 FF FB", -5)]
    [InlineData("D2 FF FF FF FB", -5)]
    [InlineData("D3 FF FF FF FF FF FF FF FB", -5)]
    public void AnIntegerIsReadFromAnyWidth(string hex, long value) => Assert.Equal(value, new MessagePackReader(Hex.Bytes(hex)).ReadInt64());

    [Fact]
    public void AnIntegerAboveTheSignedOnesIsReadAsItIs()
    {
        var reader = new MessagePackReader(Hex.Bytes("CF FF FF FF FF FF FF FF FF"));
        Assert.Equal(0, reader.ReadInteger(out var large));
        Assert.Equal(ulong.MaxValue, large);
        Assert.Throws<InvalidDataException>(() => new MessagePackReader(Hex.Bytes("CF FF FF FF FF FF FF FF FF")).ReadInt64());
    }

    [Fact]
    public void TruthNothingAndFractionsHaveTheirForms()
    {
        Assert.Equal("C0 C2 C3", Written(writer => { writer.WriteNil(); writer.WriteBoolean(false); writer.WriteBoolean(true); }));
        Assert.Equal("CA 3F C0 00 00", Written(writer => writer.WriteSingle(1.5f)));
        Assert.Equal("CB 3F F8 00 00 00 00 00 00", Written(writer => writer.WriteDouble(1.5)));
        Assert.Equal(1.5f, new MessagePackReader(Hex.Bytes("CA 3F C0 00 00")).ReadSingle());
        Assert.Equal(1.5, new MessagePackReader(Hex.Bytes("CB 3F F8 00 00 00 00 00 00")).ReadDouble());
    }

    [Theory]
    [InlineData(0, "A0")]
    [InlineData(31, "BF")]
    [InlineData(32, "D9 20")]
    [InlineData(255, "D9 FF")]
    [InlineData(256, "DA 01 00")]
    [InlineData(65_535, "DA FF FF")]
    [InlineData(65_536, "DB 00 01 00 00")]
    public void ATextHasItsLengthInFront(int length, string header)
    {
        var text = new string('x', length);
        var written = Bytes(writer => writer.WriteString(text));
        Assert.Equal(header, Hex.Text(written.AsSpan(0, written.Length - length)));
        Assert.Equal(text, new MessagePackReader(written).ReadString());
        Assert.Equal(written, Bytes(writer => writer.WriteUtf8(Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData(0, "C4 00")]
    [InlineData(255, "C4 FF")]
    [InlineData(256, "C5 01 00")]
    [InlineData(65_536, "C6 00 01 00 00")]
    public void BytesHaveTheirLengthInFront(int length, string header)
    {
        var bytes = new byte[length];
        var written = Bytes(writer => writer.WriteBinary(bytes));
        Assert.Equal(header, Hex.Text(written.AsSpan(0, written.Length - length)));
        Assert.Equal(bytes, new MessagePackReader(written).ReadBinary());
    }

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9F", "8F")]
    [InlineData(16, "DC 00 10", "DE 00 10")]
    [InlineData(65_535, "DC FF FF", "DE FF FF")]
    [InlineData(65_536, "DD 00 01 00 00", "DF 00 01 00 00")]
    public void ListsAndMapsHaveTheirCountInFrontAlsoWhenItIsKnownLast(int count, string array, string map)
    {
        Assert.Equal(array, Written(writer => writer.WriteArrayHeader(count)));
        Assert.Equal(map, Written(writer => writer.WriteMapHeader(count)));
        var late = Bytes(writer =>
        {
            var begun = writer.Begin();
            for (var i = 0; i < count; i++) writer.WriteInteger(i % 100L);
            writer.EndArray(begun, count);
        });

        var reader = new MessagePackReader(late);
        Assert.Equal(count, reader.ReadArrayHeader());
        for (var i = 0; i < count; i++) Assert.Equal(i % 100, reader.ReadInt64());
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("D4 05 AA", 5, 1)]
    [InlineData("D5 05 AA AA", 5, 2)]
    [InlineData("D6 05 AA AA AA AA", 5, 4)]
    [InlineData("D7 05 AA AA AA AA AA AA AA AA", 5, 8)]
    [InlineData("D8 FF AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA", -1, 16)]
    [InlineData("C7 03 05 AA AA AA", 5, 3)]
    [InlineData("C8 00 03 05 AA AA AA", 5, 3)]
    [InlineData("C9 00 00 00 03 05 AA AA AA", 5, 3)]
    public void AnExtensionHasATypeAndBytes(string hex, sbyte type, int length)
    {
        var reader = new MessagePackReader(Hex.Bytes(hex));
        Assert.Equal(length, reader.ReadExtension(out var read).Length);
        Assert.Equal((type, 0), (read, reader.Remaining));
    }

    [Fact]
    public void HalfACharacterBecomesTheReplacementAsInJson() =>
        Assert.Equal("A4 61 EF BF BD", Written(writer => writer.WriteString("a\ud83d")));

    [Theory]
    [InlineData("A3 61 62")]            // a text cut off
    [InlineData("DB FF FF FF FF 61")]   // 4 GiB of text promised
    [InlineData("C6 7F FF FF FF 61")]   // 2 GiB of bytes promised
    [InlineData("DD FF FF FF FF C0")]   // four thousand million elements promised
    [InlineData("DF 80 00 00 00 C0")]   // and as many pairs
    [InlineData("83 C0 C0 C0")]         // three pairs need six bytes
    [InlineData("C9 FF FF FF FF 05")]
    [InlineData("CD 01")]
    [InlineData("C1")]                  // never used
    [InlineData("")]
    public void WhatPromisesMoreThanThereIsIsRefused(string hex)
    {
        Assert.Throws<InvalidDataException>(() => new MessagePackReader(Hex.Bytes(hex)).ReadRaw().Length);
    }

    [Fact]
    public void ValuesAsDeepAsTheirBytesAllowArePassedOverWithoutAStack()
    {
        var deep = Enumerable.Repeat((byte)0x91, 1_000_000).Append((byte)0xC0).ToArray();
        Assert.Equal(deep.Length, new MessagePackReader(deep).ReadRaw().Length);
    }

    [Theory]
    [InlineData(1, "01")]
    [InlineData(127, "7F")]
    [InlineData(128, "80 01")]
    [InlineData(16_383, "FF 7F")]
    [InlineData(16_384, "80 80 01")]
    [InlineData(int.MaxValue, "FF FF FF FF 07")]
    public void AMessagesLengthIsInGroupsOfSevenBits(int length, string prefix)
    {
        var written = new byte[MessageFrame.PrefixOf(length)];
        MessageFrame.WritePrefix(written, length);
        Assert.Equal(prefix, Hex.Text(written));
    }

    [Fact]
    public void AMessageIsTakenWhenItIsWholeWhereverItWasCut()
    {
        var message = Enumerable.Range(0, 300).Select(i => (byte)i).ToArray();
        byte[] stream = [0xAC, 0x02, .. message, 0x01, 0xC0];
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var input = Sequence(stream[..cut], stream[cut..]);
            Assert.True(MessageFrame.TryRead(ref input, 1_000, out var first));
            Assert.Equal(message, first.ToArray());
            Assert.True(MessageFrame.TryRead(ref input, 1_000, out var second));
            Assert.Equal([0xC0], second.ToArray());
            Assert.False(MessageFrame.TryRead(ref input, 1_000, out _));

            var part = new ReadOnlySequence<byte>(stream[..Math.Min(cut, 301)]);
            Assert.False(MessageFrame.TryRead(ref part, 1_000, out _));
            Assert.Equal(Math.Min(cut, 301), part.Length);
        }
    }

    [Theory]
    [InlineData("00")]
    [InlineData("E9 07")]                    // 1 001
    [InlineData("FF FF FF FF 7F")]
    [InlineData("80 80 80 80 80 01")]
    public void ALengthOfNothingOrOfTooMuchIsRefusedBeforeAnythingArrives(string hex)
    {
        Assert.Throws<InvalidDataException>(() =>
        {
            var input = new ReadOnlySequence<byte>(Hex.Bytes(hex));
            MessageFrame.TryRead(ref input, 1_000, out _);
        });
    }

    internal static ReadOnlySequence<byte> Sequence(byte[] first, byte[] second)
    {
        var tail = new Piece(second, first.Length, null);
        return new ReadOnlySequence<byte>(new Piece(first, 0, tail), 0, tail, second.Length);
    }

    private static byte[] Bytes(Action<MessagePackWriter> write)
    {
        var writer = new MessagePackWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    private static string Written(Action<MessagePackWriter> write) => Hex.Text(Bytes(write));

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long at, Piece? next) => (Memory, RunningIndex, Next) = (bytes, at, next);
    }
}
