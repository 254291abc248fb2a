using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Streaming.Contracts;
using Streaming.HubProtocol;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>Every kind of message in both directions, byte by byte as the hub protocol's specification prints them.</summary>
public sealed class HubMessagesTests
{
    private static readonly MessagePackHubProtocol Protocol = new(ContractsJson.Wire);

    private static readonly Dictionary<string, string> Headers = new() { ["x"] = "y", ["z"] = "z" };

    [Fact]
    public void ItIsWhatOfficialClientsAskFor()
    {
        Assert.Equal(("messagepack", 2, TransferFormat.Binary), (Protocol.Name, Protocol.Version, Protocol.TransferFormat));
        Assert.Equal([false, true, true, false], new[] { 0, 1, 2, 3 }.Select(Protocol.IsVersionSupported));
    }

    public static TheoryData<string, HubMessage, string> Messages => new()
    {
        { "invocation", new InvocationMessage("xyz", "method", [42]), "96 01 80 A3 78 79 7A A6 6D 65 74 68 6F 64 91 2A 90" },
        { "without an answer", new InvocationMessage("method", [42]), "96 01 80 C0 A6 6D 65 74 68 6F 64 91 2A 90" },
        { "streams up", new InvocationMessage("xyz", "method", [], ["s1", "s2"]), "96 01 80 A3 78 79 7A A6 6D 65 74 68 6F 64 90 92 A2 73 31 A2 73 32" },
        { "headers", new InvocationMessage("xyz", "method", [42]) { Headers = Headers }, "96 01 82 A1 78 A1 79 A1 7A A1 7A A3 78 79 7A A6 6D 65 74 68 6F 64 91 2A 90" },
        { "stream invocation", new StreamInvocationMessage("xyz", "method", [42]), "96 04 80 A3 78 79 7A A6 6D 65 74 68 6F 64 91 2A 90" },
        { "item", new StreamItemMessage("xyz", 42), "94 02 80 A3 78 79 7A 2A" },
        { "error", CompletionMessage.WithError("xyz", "Error"), "95 03 80 A3 78 79 7A 01 A5 45 72 72 6F 72" },
        { "nothing", CompletionMessage.Empty("xyz"), "94 03 80 A3 78 79 7A 02" },
        { "result", CompletionMessage.WithResult("xyz", 42), "95 03 80 A3 78 79 7A 03 2A" },
        { "null as result", CompletionMessage.WithResult("xyz", null), "95 03 80 A3 78 79 7A 03 C0" },
        { "cancel", new CancelInvocationMessage("xyz"), "93 05 80 A3 78 79 7A" },
        { "ping", PingMessage.Instance, "91 06" },
        { "close", new CloseMessage("xyz"), "93 07 A3 78 79 7A C2" },
        { "close and come back", new CloseMessage("xyz", allowReconnect: true), "93 07 A3 78 79 7A C3" },
        { "close without a reason", new CloseMessage(null, allowReconnect: false), "93 07 C0 C2" },
        { "ack", new AckMessage(36), "92 08 24" },
        { "sequence", new SequenceMessage(1_234), "92 09 CD 04 D2" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void EveryKindIsWrittenAndReadBack(string kind, HubMessage message, string hex)
    {
        Assert.NotEmpty(kind);
        byte[] frame = [(byte)Hex.Bytes(hex).Length, .. Hex.Bytes(hex)];
        Assert.Equal(Hex.Text(frame), Hex.Text(Protocol.GetMessageBytes(message).Span));
        var output = new ArrayBufferWriter<byte>();
        Protocol.WriteMessage(message, output);
        Assert.Equal(frame, output.WrittenSpan);

        var types = message is HubMethodInvocationMessage { Arguments: var arguments } ? arguments.Select(_ => typeof(int)).ToArray() : [];
        var read = Read(hex, new Binder(types) { Result = typeof(int?), Item = typeof(int) });
        Assert.Equal(message.GetType(), read.GetType());
        Assert.Equal(Hex.Text(frame), Hex.Text(Protocol.GetMessageBytes(read).Span));
    }

    [Theory]
    [InlineData("92 07 A3 78 79 7A")]                                       // a close of old, without the last part
    [InlineData("95 01 80 A3 78 79 7A A6 6D 65 74 68 6F 64 90")]            // an invocation of old, without streams
    [InlineData("97 01 80 A3 78 79 7A A6 6D 65 74 68 6F 64 90 90 C0")]      // one of times to come
    [InlineData("DC 00 02 CC 08 CC 24")]                                    // longer forms than needed
    public void OlderAndNewerMessagesAreRead(string hex) => Assert.NotNull(Read(hex, new Binder()));

    [Fact]
    public void KindsToComeArePassedOverAndWhatFollowsIsRead()
    {
        var input = new ReadOnlySequence<byte>(Hex.Bytes("02 91 0A 03 92 2A C0 02 91 06"));
        Assert.True(Protocol.TryParseMessage(ref input, new Binder(), out var message));
        Assert.Same(PingMessage.Instance, message);
        Assert.True(input.IsEmpty);
    }

    [Theory]
    [InlineData("01 C0")]                                                   // no array
    [InlineData("01 90")]                                                   // without a kind
    [InlineData("02 91 A0")]                                                // a kind that is no number
    [InlineData("03 93 01 80")]                                             // ends in the middle
    [InlineData("02 91 01")]                                                // an invocation of one part
    [InlineData("06 94 01 C0 C0 A0 90")]                                    // of four
    [InlineData("08 96 01 90 C0 A1 6D 90 90")]                              // headers that are no map
    [InlineData("0A 96 01 81 01 A1 79 C0 A1 6D 90")]                        // a header's name that is no text
    [InlineData("08 96 04 80 C0 A1 6D 90 90")]                              // a stream without an id
    [InlineData("06 94 03 80 A1 78 04")]                                    // a completion of an unknown kind
    [InlineData("06 94 03 80 A1 78 03")]                                    // with a result that is not there
    [InlineData("06 93 05 80 A2 FF FE")]                                    // an id that is no text
    [InlineData("0C 92 08 CF FF FF FF FF FF FF FF FF")]                     // a number of messages beyond all numbers
    [InlineData("0B 95 01 80 C0 A1 6D DD FF FF FF FF")]                     // four thousand million arguments
    public void WhatIsNoMessageEndsTheConnection(string hex)
    {
        Assert.Throws<InvalidDataException>(() =>
        {
            var bytes = Hex.Bytes(hex);
            bytes[0] = (byte)(bytes.Length - 1);
            var input = new ReadOnlySequence<byte>(bytes);
            Protocol.TryParseMessage(ref input, new Binder { Result = typeof(int) }, out _);
        });
    }

    [Theory]
    [InlineData("96 01 80 A1 78 A6 6D 65 74 68 6F 64 91 A1 61 90", "JSON")]                        // a text for a number
    [InlineData("96 01 80 A1 78 A6 6D 65 74 68 6F 64 91 C0 90", "JSON")]                           // nothing for a number
    [InlineData("96 01 80 A1 78 A6 6D 65 74 68 6F 64 92 01 02 90", "takes 1")]                     // too many
    [InlineData("96 01 80 A1 78 A6 6D 65 74 68 6F 64 90 90", "takes 1")]                           // too few
    [InlineData("96 04 80 A1 78 A5 6F 74 68 65 72 91 01 90", "no method other")]                   // no such method
    [InlineData("96 01 80 A1 78 A6 6D 65 74 68 6F 64 91 A2 FF FE 90", "UTF-8")]                    // a text that is none
    [InlineData("96 01 80 A1 78 A6 6D 65 74 68 6F 64 91 CB 7F F0 00 00 00 00 00 00 90", "infinite")]
    [InlineData("96 01 80 A1 78 A6 6D 65 74 68 6F 64 91 D4 05 00 90", "Extension 5")]
    [InlineData("96 01 80 A1 78 A6 6D 65 74 68 6F 64 91 81 01 01 90", "Expected String")]          // a key that is no text
    public void WhatDoesNotFitTheMethodEndsThatCallAlone(string hex, string reason)
    {
        var failure = Assert.IsType<InvocationBindingFailureMessage>(Read(hex, new Binder(typeof(int))));
        Assert.Equal("x", failure.InvocationId);
        Assert.Contains(reason, failure.BindingFailure.SourceException.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AValueThatIsTooDeepEndsThatCallAlone()
    {
        var deep = string.Concat(Enumerable.Repeat("91 ", 65)) + "01";
        var failure = Assert.IsType<InvocationBindingFailureMessage>(Read($"96 01 80 A1 78 A6 6D 65 74 68 6F 64 91 {deep} 90", new Binder(typeof(JsonElement))));
        Assert.Contains("deeper than 64", failure.BindingFailure.SourceException.Message, StringComparison.Ordinal);

        var fits = string.Concat(Enumerable.Repeat("91 ", 64)) + "01";
        Assert.IsType<InvocationMessage>(Read($"96 01 80 A1 78 A6 6D 65 74 68 6F 64 91 {fits} 90", new Binder(typeof(JsonElement))));
    }

    [Fact]
    public void AnItemThatDoesNotFitItsStreamEndsThatStreamAlone()
    {
        Assert.Equal("x", Assert.IsType<StreamBindingFailureMessage>(Read("94 02 80 A1 78 A1 61", new Binder { Item = typeof(int) })).Id);
        Assert.Equal("x", Assert.IsType<StreamBindingFailureMessage>(Read("94 02 80 A1 78 01", new Binder())).Id);
    }

    [Fact]
    public void AResultThatDoesNotFitIsAnErrorAndOneThatNobodyAwaitsIsNone()
    {
        var wrong = Assert.IsType<CompletionMessage>(Read("95 03 80 A1 78 03 A1 61", new Binder { Result = typeof(int) }));
        Assert.Contains("cannot be read as Int32", wrong.Error, StringComparison.Ordinal);
        var late = Assert.IsType<CompletionMessage>(Read("95 03 80 A1 78 03 A1 61", new Binder()));
        Assert.Equal((null, null), (late.Error, late.Result));
    }

    [Fact]
    public void AResultThatIsOnlyPassedOnIsKeptAsItIs()
    {
        const string hex = "95 03 80 A1 78 03 92 A1 61 D4 05 00";
        var read = Assert.IsType<CompletionMessage>(Read(hex, new Binder { Result = typeof(RawResult) }));
        Assert.Equal("92 A1 61 D4 05 00", Hex.Text(Assert.IsType<RawResult>(read.Result).RawSerializedData.ToArray()));
        Assert.Equal($"0C {hex}", Hex.Text(Protocol.GetMessageBytes(read).Span));
    }

    [Fact]
    public void AMessageInPiecesIsReadLikeAWholeOne()
    {
        var whole = Protocol.GetMessageBytes(new InvocationMessage("xyz", "method", [new MediaOffer(new string('s', 500))])).ToArray();
        for (var cut = 0; cut <= whole.Length; cut += 7)
        {
            var input = FormatTests.Sequence(whole[..cut], whole[cut..]);
            Assert.True(Protocol.TryParseMessage(ref input, new Binder(typeof(MediaOffer)), out var message));
            Assert.Equal(new MediaOffer(new string('s', 500)), ((InvocationMessage)message).Arguments[0]);
        }
    }

    private static HubMessage Read(string hex, IInvocationBinder binder)
    {
        var bytes = Hex.Bytes(hex);
        var input = new ReadOnlySequence<byte>([(byte)bytes.Length, .. bytes]);
        Assert.True(Protocol.TryParseMessage(ref input, binder, out var message));
        Assert.True(input.IsEmpty);
        return message;
    }
}
