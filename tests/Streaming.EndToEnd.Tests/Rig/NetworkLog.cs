using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>One answer, as the browser's network log has it.</summary>
/// <param name="Url">What was asked for, without the fragment.</param>
/// <param name="Bytes">What came over the wire, status line and headers included; 0 out of the cache.</param>
/// <param name="IsCached">Whether the browser had it.</param>
/// <param name="Caching">Its <c>Cache-Control</c>.</param>
/// <param name="Encoding">Its <c>Content-Encoding</c>; empty without one.</param>
internal sealed record LoggedAnswer(Uri Url, long Bytes, bool IsCached, string Caching, string Encoding);

/// <summary>The network log of a page (the browser's own, as its developer tools show it).</summary>
internal sealed class NetworkLog
{
    private readonly Dictionary<string, JsonElement> _responses = [];
    private readonly HashSet<string> _fromMemory = [];
    private readonly List<LoggedAnswer> _answers = [];

    private NetworkLog()
    {
    }

    /// <summary>What has come, in the order of its end.</summary>
    public IReadOnlyList<LoggedAnswer> Answers
    {
        get
        {
            lock (_answers)
            {
                return [.. _answers];
            }
        }
    }

    /// <summary>What has come over the wire.</summary>
    public long Bytes => Answers.Sum(answer => answer.Bytes);

    /// <summary>Begins with whatever the page asks for next.</summary>
    public static async Task<NetworkLog> OpenAsync(Person person)
    {
        var log = new NetworkLog();
        var session = await person.Page.Context.NewCDPSessionAsync(person.Page);
        session.Event("Network.responseReceived").OnEvent += (_, e) => log.Note(e, (id, told) => log._responses[id] = told.GetProperty("response"));
        session.Event("Network.requestServedFromCache").OnEvent += (_, e) => log.Note(e, (id, _) => log._fromMemory.Add(id));
        session.Event("Network.loadingFinished").OnEvent += (_, e) => log.Note(e, log.End);
        await session.SendAsync("Network.enable");
        return log;
    }

    /// <summary>One line for each answer, for the message of a failed test.</summary>
    public override string ToString() => string.Join('\n', Answers.Select(answer =>
        string.Create(CultureInfo.InvariantCulture, $"{answer.Bytes,7} {(answer.IsCached ? "cached" : answer.Encoding),-6} {answer.Url.PathAndQuery}")));

    private void Note(JsonElement? told, Action<string, JsonElement> act)
    {
        lock (_answers)
        {
            act(told!.Value.GetProperty("requestId").GetString()!, told.Value.Clone());
        }
    }

    private void End(string id, JsonElement told)
    {
        if (!_responses.Remove(id, out var response))
        {
            return;
        }

        var headers = response.GetProperty("headers").EnumerateObject()
            .ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        var isCached = _fromMemory.Contains(id) || response.GetProperty("fromDiskCache").GetBoolean();
        _answers.Add(new LoggedAnswer(
            new Uri(response.GetProperty("url").GetString()!.Split('#')[0]),
            isCached ? 0 : (long)told.GetProperty("encodedDataLength").GetDouble(),
            isCached,
            headers.GetValueOrDefault("Cache-Control", ""),
            headers.GetValueOrDefault("Content-Encoding", "")));
    }
}
