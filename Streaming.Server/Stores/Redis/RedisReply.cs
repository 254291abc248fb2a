using System.Globalization;
using StackExchange.Redis;

namespace Streaming.Server.Stores.Redis;

/// <summary>What Redis answered.</summary>
internal readonly struct RedisReply(RedisResult result)
{
    /// <summary>Whether there is nothing.</summary>
    public bool IsNull => result.IsNull;

    /// <summary>A number, also when it came as text.</summary>
    public long Number => long.Parse(Text!, CultureInfo.InvariantCulture);

    /// <summary>A text; null when there is nothing.</summary>
    public string? Text => (string?)result;

    /// <summary>A list.</summary>
    public RedisReply[] Items => Array.ConvertAll((RedisResult[])result, item => new RedisReply(item));
}
