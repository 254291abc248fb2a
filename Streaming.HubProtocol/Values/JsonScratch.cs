using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streaming.HubProtocol.Values;

/// <summary>A buffer with a JSON writer on it, for the step between MessagePack and a type that only JSON knows.</summary>
/// <remarks><see cref="Rent"/> gives the calling thread's; whoever rents returns in the same method.</remarks>
internal sealed class JsonScratch
{
    private const int MostKept = 64 * 1_024;

    // Nobody but a JSON reader of this process sees the text: no character needs hiding from a browser. What is written comes from a reader
    // or a serializer that keep the order of tokens themselves.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static JsonScratch? _kept;

    private readonly ArrayBufferWriter<byte> _buffer = new(1_024);

    private JsonScratch() => Writer = new Utf8JsonWriter(_buffer, Plain);

    public Utf8JsonWriter Writer { get; }

    /// <summary>An empty one.</summary>
    public static JsonScratch Rent()
    {
        var scratch = _kept ?? new JsonScratch();
        _kept = null;
        return scratch;
    }

    /// <summary>Gives it back; what it has written is void. One that has grown much is left to the collector.</summary>
    public static void Return(JsonScratch scratch)
    {
        if (scratch._buffer.Capacity <= MostKept)
        {
            scratch._buffer.ResetWrittenCount();
            scratch.Writer.Reset();
            _kept = scratch;
        }
    }

    /// <summary>What was written; valid until <see cref="Return"/>.</summary>
    public ReadOnlySpan<byte> Flush()
    {
        Writer.Flush();
        return _buffer.WrittenSpan;
    }
}
