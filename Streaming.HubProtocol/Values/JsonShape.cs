using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>Whatever only its JSON converter knows: written as JSON first, and that as MessagePack.</summary>
internal sealed class JsonShape(JsonTypeInfo contract) : Shape
{
    public override void Write(MessagePackWriter writer, object? value, int depth)
    {
        var scratch = JsonScratch.Rent();
        try
        {
            JsonSerializer.Serialize(scratch.Writer, value, contract);
            MessagePackFromJson.Write(scratch.Flush(), writer);
        }
        finally
        {
            JsonScratch.Return(scratch);
        }
    }
}
