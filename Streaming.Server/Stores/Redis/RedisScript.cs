namespace Streaming.Server.Stores.Redis;

/// <summary>The scripts beside this file, one for each verb of more than one command. Each says in its first line what it takes and gives.</summary>
internal static class RedisScript
{
    public static readonly string Append = Read("append");
    public static readonly string Beat = Read("beat");
    public static readonly string Claim = Read("claim");
    public static readonly string Nodes = Read("nodes");
    public static readonly string Put = Read("put");
    public static readonly string Release = Read("release");
    public static readonly string Retire = Read("retire");
    public static readonly string Rewrite = Read("rewrite");

    private static string Read(string verb)
    {
        using var resource = typeof(RedisScript).Assembly.GetManifestResourceStream($"Scripts/{verb}")!;
        using var text = new StreamReader(resource);
        return text.ReadToEnd();
    }
}
