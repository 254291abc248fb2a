using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.SignalR.Protocol;
using Streaming.Contracts;
using Streaming.HubProtocol;
using Streaming.HubProtocol.Format;
using Streaming.HubProtocol.Values;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>What a hostile client may send: random bytes, and messages damaged at random. The same every time.</summary>
public sealed class HostileMessagesTests
{
    /// <summary>The most that reading one input may allocate, in bytes: an error with its trace, never what a length promises.</summary>
    private const long MostAllocated = 128 * 1_024;

    private static readonly MessagePackHubProtocol Protocol = new(ContractsJson.Wire);

    private static readonly Binder Binder = new(typeof(MediaOffer), typeof(IReadOnlyList<TrackSource>), typeof(JsonElement))
    {
        Method = "m", Result = typeof(ClassroomSnapshot), Item = typeof(ChatLine),
    };

    [Fact]
    public void RandomBytesAreRefusedOrReadAndNothingElse()
    {
        var random = new Random(1_968);
        for (var i = 0; i < 10_000; i++)
        {
            var input = new byte[random.Next(1, 60)];
            random.NextBytes(input);
            input[0] = (byte)(input.Length - 1);            // framed, or nearly all would end at the first byte
            if (input.Length > 2) input[1] = (byte)(0x90 | random.Next(8));
            if (input.Length > 3) input[2] = (byte)random.Next(11);
            Feed(input);
        }
    }

    [Fact]
    public void DamagedMessagesAreRefusedOrReadAndNothingElse()
    {
        var random = new Random(1_999);
        byte[] extremes = [0x00, 0x7F, 0x80, 0x90, 0xA0, 0xC0, 0xC1, 0xC6, 0xC9, 0xDB, 0xDD, 0xDF, 0xFF];
        var messages = Valid().Select(message => Protocol.GetMessageBytes(message).ToArray()).ToArray();
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var input = (byte[])messages[random.Next(messages.Length)].Clone();
            for (var damage = random.Next(1, 5); damage > 0; damage--)
            {
                input[random.Next(input.Length)] = random.Next(2) == 0 ? extremes[random.Next(extremes.Length)] : (byte)random.Next(256);
            }

            if (Feed(input)) read++;
        }

        // Damage in a text or a number leaves a message: the readers are reached, and not only the frame's check.
        Assert.InRange(read, 1_000, 19_000);
    }

    [Fact]
    public void AnyJsonValueComesThroughMessagePackAsItWas()
    {
        var random = new Random(2_026);
        for (var i = 0; i < 2_000; i++)
        {
            var text = Node(random, depth: 0)?.ToJsonString() ?? "null";
            var writer = new MessagePackWriter();
            MessagePackFromJson.Write(System.Text.Encoding.UTF8.GetBytes(text), writer);
            var reader = new MessagePackReader(writer.Written);
            var json = new ArrayBufferWriter<byte>();
            using (var back = new Utf8JsonWriter(json))
            {
                JsonFromMessagePack.Write(ref reader, back);
            }

            Assert.Equal(text, JsonNode.Parse(json.WrittenSpan)?.ToJsonString() ?? "null");
        }
    }

    private static bool Feed(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = false;
        try
        {
            var sequence = new ReadOnlySequence<byte>(input);
            while (Protocol.TryParseMessage(ref sequence, Binder, out var message))
            {
                read = message is not (InvocationBindingFailureMessage or StreamBindingFailureMessage);
            }
        }
        catch (InvalidDataException)
        {
            // The only error that a connection expects.
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        return read;
    }

    private static IEnumerable<HubMessage> Valid()
    {
        var random = new RandomContract(5);
        object?[] arguments = [new MediaOffer("v=0"), new[] { TrackSource.Voice }, new Dictionary<string, object> { ["a"] = new[] { 1.5, -40_000 } }];
        yield return new InvocationMessage("1", "m", arguments);
        yield return new InvocationMessage("1", "m", arguments, ["s"]) { Headers = new Dictionary<string, string> { ["h"] = "v" } };
        yield return new StreamInvocationMessage("1", "m", arguments);
        yield return CompletionMessage.WithResult("1", random.Make(typeof(ClassroomSnapshot)));
        yield return CompletionMessage.WithError("1", "busy: wait");
        yield return new StreamItemMessage("1", random.Make(typeof(ChatLine)));
        yield return new CloseMessage("end", allowReconnect: true);
        yield return new AckMessage(70_000);
    }

    private static JsonNode? Node(Random random, int depth) => random.Next(depth > 5 ? 6 : 8) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(),
        3 => -random.NextInt64(),
        4 => random.NextDouble() * Math.Pow(10, random.Next(-20, 20)),
        5 => new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(0xD7FF))]),
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(20)).Select(_ => Node(random, depth + 2))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(20)).Select(i => KeyValuePair.Create($"k{i}", Node(random, depth + 2)))),
    };
}
