using System.Collections.Frozen;
using Streaming.HubProtocol.Format;

namespace Streaming.HubProtocol.Values;

/// <summary>An enum: each of its values is put into words by its JSON converter once, and copied from then on.</summary>
internal sealed class EnumShape : Shape
{
    private readonly FrozenDictionary<object, byte[]> _words;
    private readonly JsonShape _json;

    public EnumShape(Type type, JsonShape json)
    {
        _json = json;
        _words = Enum.GetValues(type).Cast<object>().Distinct().ToFrozenDictionary(value => value, Word);
    }

    public override void Write(MessagePackWriter writer, object? value, int depth)
    {
        if (value is null)
        {
            writer.WriteNil();
        }
        else if (_words.TryGetValue(value, out var word))
        {
            writer.WriteRaw(word);
        }
        else
        {
            _json.Write(writer, value, depth);   // flags together, or a number that has no name
        }
    }

    private byte[] Word(object value)
    {
        var writer = new MessagePackWriter();
        _json.Write(writer, value, depth: 0);
        return writer.Written.ToArray();
    }
}
