namespace Streaming.Server.Stores.Redis;

/// <summary>Checks section <c>Redis</c>. No failure repeats a password.</summary>
internal static class RedisSectionChecks
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(30);

    public static IEnumerable<string> Problems(RedisSection redis)
    {
        foreach (var endpoint in redis.Endpoints)
        {
            if (endpoint.Contains('@', StringComparison.Ordinal) || endpoint.Contains("password=", StringComparison.OrdinalIgnoreCase))
            {
                yield return "Redis:Endpoints has a user or a password in it. Write host:port only, for example --Redis:Endpoints redis.example.org:6379, "
                    + "and the password as Redis:Password.";
            }
            else if (!RedisSettings.TryReadEndpoint(endpoint, out _))
            {
                yield return $"Redis:Endpoints has '{endpoint}'. Write host:port, for example --Redis:Endpoints redis.example.org:6379; an IPv6 address in brackets.";
            }
        }

        if (!string.IsNullOrEmpty(redis.User))
        {
            yield return "Redis:User is set, and users other than the default one cannot be used. Give Redis' default user a password (requirepass), "
                + "write it as Redis:Password, and leave Redis:User out.";
        }

        if (!string.IsNullOrEmpty(redis.CaFile))
        {
            if (!redis.Tls)
            {
                yield return "Redis:CaFile is set, but Redis:Tls is not. Write --Redis:Tls true, or leave Redis:CaFile out.";
            }
            else if (RedisTrust.Problem(redis.CaFile) is { } problem)
            {
                yield return $"Redis:CaFile is '{redis.CaFile}'. {problem} Write the file of the authority that has signed Redis' certificate, in PEM form.";
            }
        }

        if (redis.Endpoints.Length == 0 && !(string.IsNullOrEmpty(redis.SentinelService) && string.IsNullOrEmpty(redis.Password) && !redis.Tls))
        {
            yield return "Redis:Endpoints is empty, but section Redis has other settings. Write the servers, for example --Redis:Endpoints redis.example.org:6379, "
                + "or leave the section out.";
        }

        if (redis.SentinelService is { Length: > 0 } service && !service.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            yield return $"Redis:SentinelService is '{service}'. Write the name that the sentinels call the master: letters, digits, '-', '_', '.'.";
        }

        if (redis.Prefix is not { Length: >= 1 and <= 32 } prefix || !prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            yield return $"Redis:Prefix is '{redis.Prefix}'. Write 1 to 32 letters, digits, '-', '_', '.', for example --Redis:Prefix streaming.";
        }

        if (redis.Timeout < Shortest || redis.Timeout > Longest)
        {
            yield return $"Redis:Timeout is {redis.Timeout}. Write a time from 00:00:00.1 to 00:00:30, for example --Redis:Timeout 00:00:02.";
        }
    }
}
