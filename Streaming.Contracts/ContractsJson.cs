using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Streaming.Contracts;

/// <summary>How the contracts are written as JSON: camel case, enums as camel-case words, nothing for null.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinReply))]
[JsonSerializable(typeof(ClassroomSnapshot))]
[JsonSerializable(typeof(ClassroomChange))]
[JsonSerializable(typeof(ChatLine))]
[JsonSerializable(typeof(MediaOffer))]
[JsonSerializable(typeof(MediaAnswer))]
[JsonSerializable(typeof(IReadOnlyList<ViewerQuality>))]
[JsonSerializable(typeof(IReadOnlyList<TrackSource>))]
[JsonSerializable(typeof(IReadOnlyList<MemberPresence>))]
[JsonSerializable(typeof(MemberPresence[]))]
[JsonSerializable(typeof(DeviceReport))]
[JsonSerializable(typeof(CheckIn))]
[JsonSerializable(typeof(CheckInProgress))]
[JsonSerializable(typeof(Rung))]
[JsonSerializable(typeof(LayersWanted))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(Still))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(ViewerQuality[]))]
[JsonSerializable(typeof(TrackSource[]))]
[JsonSerializable(typeof(List<TrackSource>))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>Ready options for writing and reading contracts outside a framework.</summary>
    /// <remarks>Made when first asked for: initializers of the generated half of this class may run after those of this half.</remarks>
    public static JsonSerializerOptions Wire => field ??= Make();

    /// <summary>Makes <paramref name="options"/> write and read as the contracts do; other types fall back to reflection.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        if (options.TypeInfoResolverChain.Count == 0)
        {
            options.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
        }

        options.TypeInfoResolverChain.Insert(0, Default);
    }

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
