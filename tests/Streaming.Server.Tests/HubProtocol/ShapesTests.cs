using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.HubProtocol.Format;
using Streaming.HubProtocol.Values;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>Who decodes MessagePack finds the objects that JSON would have had.</summary>
public sealed class ShapesTests
{
    /// <summary>The options of the hub itself.</summary>
    private static readonly JsonHubProtocolOptions Hub = Applied();

    private static readonly Shapes Shapes = new(Hub.PayloadSerializerOptions);

    public static TheoryData<Type> Contracts => [.. RandomContract.Records];

    [Theory]
    [MemberData(nameof(Contracts))]
    public void EveryContractHasTheSameShapeInBothProtocols(Type contract)
    {
        var random = new RandomContract(seed: 20_261);
        for (var i = 0; i < 200; i++)
        {
            var value = random.Make(contract)!;
            var packed = Write(Shapes, value);
            Assert.Equal(InJson(value), Json(packed));
            Assert.Equal(InJson(value), InJson(Shapes.Read(packed, contract)!));
        }
    }

    [Fact]
    public void TheContractsAreAllThere() => Assert.True(RandomContract.Records.Count() >= 16);

    [Fact]
    public void ListsAsTheyAreToldHaveTheSameShape()
    {
        var random = new RandomContract(seed: 7);
        foreach (var type in (Type[])[typeof(IReadOnlyList<ViewerQuality>), typeof(IReadOnlyList<MemberPresence>), typeof(IReadOnlyList<TrackSource>)])
        {
            var value = random.Make(type)!;
            Assert.Equal(InJson(value), Json(Write(Shapes, value)));
        }
    }

    [Fact]
    public void NothingIsWrittenForNull() =>
        Assert.Equal(
            "82 A7 76 65 72 73 69 6F 6E 07 A4 67 6F 6E 65 91 A3 73 2D 31",
            Hex.Text(Write(Shapes, new ClassroomChange(7, Gone: ["s-1"]))));

    [Fact]
    public void OtherTypesAreWrittenAsJsonWritesThem()
    {
        object[] values =
        [
            new Odd(), new Named { Value = 5 }, new Child { Extra = 1 }, new Parent[] { new Child() }, new object[] { new Child() }, new Dictionary<string, int> { ["B"] = 2, ["a"] = 1 },
            new { Text = "x", Nested = new { On = true } }, new object?[] { 1, "two", null, 3.5 }, new HashSet<int> { 1, 2, 3 },
            12.5m, 'c', Guid.Parse("0123456789abcdef0123456789abcdef"), TimeSpan.FromSeconds(90), new Uri("http://a.example/x?y=1"), new DateOnly(2026, 9, 1),
            JsonNode.Parse("""{"a":[1,2.5,"x\u0001",null,18446744073709551615]}""")!, (TrackSource)99, Days.Monday | Days.Friday, ulong.MaxValue, 1.5f,
        ];
        foreach (var value in values)
        {
            Assert.Equal(InJson(value), Json(Write(Shapes, value)));
        }
    }

    [Theory]
    [InlineData(JsonIgnoreCondition.Never)]
    [InlineData(JsonIgnoreCondition.WhenWritingDefault)]
    [InlineData(JsonIgnoreCondition.WhenWritingNull)]
    public void WhatIsLeftOutIsLeftOutInBoth(JsonIgnoreCondition condition)
    {
        AssertAlike(
            new JsonSerializerOptions { DefaultIgnoreCondition = condition },
            new Odd(),
            new Odd { Maybe = 0, Text = "x", Kind = TrackSource.Screen, Number = 3 });
    }

    [Fact]
    public void NumbersAsWordsAreWordsInBoth()
    {
        AssertAlike(new JsonSerializerOptions { NumberHandling = JsonNumberHandling.WriteAsString }, new Odd { Number = 5, Maybe = 6 });
    }

    [Fact]
    public void BytesAreBytesHereAndBase64ThereAndReadAlike()
    {
        byte[] bytes = [1, 2, 3];
        Assert.Equal("C4 03 01 02 03", Hex.Text(Write(Shapes, bytes)));
        Assert.Equal(bytes, (byte[])Shapes.Read(Write(Shapes, bytes), typeof(byte[]))!);
        Assert.Equal("\"AQID\"", Json(Write(Shapes, (ReadOnlyMemory<byte>)bytes)));
    }

    [Theory]
    [InlineData("D6 FF 66 D4 20 40", "2024-09-01T08:05:20+00:00")]
    [InlineData("D7 FF 77 35 94 00 66 D4 20 40", "2024-09-01T08:05:20.5+00:00")]
    [InlineData("C7 0C FF 00 00 00 00 FF FF FF FF FF FF FF FF", "1969-12-31T23:59:59+00:00")]
    public void AJavaScriptDateIsAMoment(string hex, string moment) =>
        Assert.Equal(DateTimeOffset.Parse(moment, null), Shapes.Read(Hex.Bytes(hex), typeof(DateTimeOffset)));

    [Theory]
    [InlineData("C7 0C FF 3B 9A CA 00 00 00 00 00 00 00 00 00")]    // a whole second of nanoseconds
    [InlineData("C7 0C FF 00 00 00 00 7F FF FF FF FF FF FF FF")]    // after the year 9999
    [InlineData("C7 03 FF 00 00 00")]
    public void ATimestampThatIsNoneIsRefused(string hex) =>
        Assert.Throws<InvalidDataException>(() => Shapes.Read(Hex.Bytes(hex), typeof(DateTimeOffset)));

    [Fact]
    public void WhatHoldsItselfIsRefused()
    {
        var odd = new Odd();
        odd.Self = odd;
        Assert.Throws<JsonException>(() => Write(Shapes, odd));
        Assert.Throws<ArgumentException>(() => Write(Shapes, double.NaN));
    }

    private static void AssertAlike(JsonSerializerOptions options, params Odd[] values)
    {
        var shapes = new Shapes(options);
        Assert.All(values, value => Assert.Equal(JsonSerializer.Serialize(value, options), Json(Write(shapes, value))));
    }

    private static byte[] Write(Shapes shapes, object value)
    {
        var writer = new MessagePackWriter();
        shapes.Write(writer, value);
        return writer.Written.ToArray();
    }

    private static string Json(byte[] packed)
    {
        var reader = new MessagePackReader(packed);
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            JsonFromMessagePack.Write(ref reader, json);
        }

        Assert.Equal(0, reader.Remaining);
        return JsonNode.Parse(text.ToArray())?.ToJsonString() ?? "null";
    }

    /// <summary>The value as the hub's JSON protocol sends it, written as <see cref="Json"/> writes.</summary>
    private static string InJson(object value)
    {
        var bytes = new JsonHubProtocol(Options.Create(Hub)).GetMessageBytes(new InvocationMessage("m", [value])).Span[..^1];
        return JsonNode.Parse(Encoding.UTF8.GetString(bytes))!["arguments"]![0]!.ToJsonString();
    }

    private static JsonHubProtocolOptions Applied()
    {
        var options = new JsonHubProtocolOptions();
        ContractsJson.Apply(options.PayloadSerializerOptions);
        return options;
    }

    [Flags]
    private enum Days
    {
        Monday = 1,
        Friday = 16,
    }

    private sealed class Odd
    {
        public int Number { get; set; }

        public TrackSource Kind { get; set; }

        [JsonIgnore]
        public string Hidden { get; set; } = "hidden";

        [JsonPropertyOrder(-1)]
        [JsonPropertyName("ERST")]
        public string First { get; set; } = "first";

        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public string? Always { get; set; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public int Sometimes { get; set; }

        public int? Maybe { get; set; }

        public string? Text { get; set; }

        public object Anything { get; set; } = new Seat("s-1", "Ada", Role.Student, null);

        public object Nothing { get; set; } = new();

        public Odd? Self { get; set; }
    }

    private sealed class Named
    {
        [JsonNumberHandling(JsonNumberHandling.WriteAsString)]
        public int Value { get; set; }
    }

    [JsonDerivedType(typeof(Child), "child")]
    private class Parent;

    private sealed class Child : Parent
    {
        public int Extra { get; set; }

        [JsonExtensionData]
        public Dictionary<string, object> More { get; set; } = new() { ["more"] = 1 };
    }
}
