using System.Buffers;
using System.Text.Json;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>Fixed records as JSON, by the framework's own rules.</summary>
internal sealed class JsonReference : Reference
{
    private readonly ArrayBufferWriter<byte> _written = new(1 << 16);
    private readonly Row[] _rows;

    /// <param name="seats">How many records.</param>
    public JsonReference(int seats)
        : base($"JSON of {seats} record{(seats == 1 ? "" : "s")}") =>
        _rows = [.. Enumerable.Range(0, seats).Select(i => new Row($"s-{20_260_000 + i}", "欧阳小明", i, new DateTimeOffset(2026, 9, 1, 8, 15, 0, TimeSpan.Zero)))];

    /// <summary>Writes them.</summary>
    /// <returns>Their bytes, until the next call.</returns>
    public ReadOnlyMemory<byte> Write()
    {
        _written.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_written);
        JsonSerializer.Serialize(json, _rows, JsonSerializerOptions.Web);
        return _written.WrittenMemory;
    }

    public override void Run() => Write();

    private sealed record Row(string Id, string Name, int Number, DateTimeOffset? At);
}
