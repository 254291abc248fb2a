using System.Globalization;
using Streaming.Server.Attendance;

namespace Streaming.Server.Stores.Redis;

/// <summary>The shared store in Redis 7: see <see cref="RedisKeys"/> for what stands where, and the scripts for what happens in one step.</summary>
internal sealed class RedisClassStore(RedisLink link, string prefix) : IClassStore
{
    private readonly RedisKeys _keys = new(prefix);

    public bool IsShared => true;

    public Task BeatAsync(NodeInfo node, TimeSpan life, CancellationToken cancellationToken = default) => link.EvaluateAsync(
        RedisScript.Beat, [_keys.Leases, _keys.Urls, _keys.Beats], [node.Id, node.Url, Text((long)life.TotalMilliseconds)], cancellationToken);

    public Task RetireAsync(string node, CancellationToken cancellationToken = default) =>
        link.EvaluateAsync(RedisScript.Retire, [_keys.Leases], [node], cancellationToken);

    public async Task<IReadOnlyList<NodeInfo>> NodesAsync(CancellationToken cancellationToken = default)
    {
        var reply = await link.EvaluateAsync(RedisScript.Nodes, [_keys.Leases, _keys.Urls], [], cancellationToken).ConfigureAwait(false);
        return [.. reply.Items.Chunk(2).Select(pair => new NodeInfo(pair[0].Text!, pair[1].Text!)).OrderBy(node => node.Id, StringComparer.Ordinal)];
    }

    public async Task<DateTimeOffset?> LastBeatAsync(string node, CancellationToken cancellationToken = default)
    {
        var reply = await link.CommandAsync("HGET", _keys.Beats, [node], cancellationToken).ConfigureAwait(false);
        return reply.IsNull ? null : DateTimeOffset.FromUnixTimeMilliseconds(reply.Number);
    }

    public async Task<ClassHome?> HomeAsync(string classId, CancellationToken cancellationToken = default)
    {
        var reply = await link.CommandAsync("HMGET", _keys.Home(classId), ["node", "epoch"], cancellationToken).ConfigureAwait(false);
        return reply.Items is [{ IsNull: false } node, { IsNull: false } epoch] ? new ClassHome(node.Text!, epoch.Number) : null;
    }

    public async Task<ClaimReply> ClaimAsync(string classId, string node, long former, CancellationToken cancellationToken = default)
    {
        var reply = await link.EvaluateAsync(
            RedisScript.Claim, [_keys.Home(classId), _keys.Ledger(classId)], [node, Text(former)], cancellationToken).ConfigureAwait(false);
        var items = reply.Items;
        return new ClaimReply(items[0].Number == 1, new ClassHome(items[1].Text!, items[2].Number), items[3].Number);
    }

    public Task ReleaseAsync(string classId, long epoch, CancellationToken cancellationToken = default) =>
        link.EvaluateAsync(RedisScript.Release, [_keys.Home(classId)], [Text(epoch)], cancellationToken);

    public async Task<AppendReply> AppendAsync(
        string classId, long epoch, IReadOnlyList<LedgerEntry> entries, bool overGap = false, CancellationToken cancellationToken = default)
    {
        EntriesOf.Check(classId, entries, withoutGap: true);
        var values = new string[entries.Count + 4];
        (values[0], values[1], values[2], values[3]) = (Text(epoch), _keys.Changes(classId), Text(entries[0].Sequence), overGap ? "1" : "");
        for (var i = 0; i < entries.Count; i++)
        {
            values[i + 4] = LedgerText.Write(entries[i]);
        }

        var reply = await link.EvaluateAsync(
            RedisScript.Append,
            [_keys.Home(classId), _keys.Ledger(classId), _keys.View(classId), _keys.Starts(classId), _keys.Closes(classId)],
            values,
            cancellationToken).ConfigureAwait(false);
        var items = reply.Items;
        return new AppendReply((AppendOutcome)items[0].Number, items[1].Number);
    }

    public async Task<IReadOnlyList<LedgerEntry>> ReadAsync(string classId, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var reply = await link.CommandAsync(
            "XRANGE", _keys.Ledger(classId), [$"({Text(after)}-0", "+", "COUNT", Text(limit)], cancellationToken).ConfigureAwait(false);
        return Array.ConvertAll(reply.Items, item =>
        {
            var entry = item.Items;
            var sequence = long.Parse(entry[0].Text!.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture);
            return LedgerText.Read(classId, sequence, entry[1].Items[1].Text!);
        });
    }

    public async Task<IReadOnlyList<LedgerMark>> MarksAsync(
        string classId, LedgerKind kind, int newest, CancellationToken cancellationToken = default)
    {
        var key = kind switch
        {
            LedgerKind.Started => _keys.Starts(classId),
            LedgerKind.Closed => _keys.Closes(classId),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Lessons are marked by their start and by the class's closing."),
        };
        var reply = await link.CommandAsync("ZRANGE", key, [Text(-newest), "-1"], cancellationToken).ConfigureAwait(false);
        return Array.ConvertAll(reply.Items, item =>
        {
            var words = item.Text!.Split('\t');
            return new LedgerMark(
                long.Parse(words[0], CultureInfo.InvariantCulture), new DateTimeOffset(long.Parse(words[1], CultureInfo.InvariantCulture), TimeSpan.Zero));
        });
    }

    public async Task<IReadOnlyList<DevicePresence>> PresentAsync(string classId, CancellationToken cancellationToken = default)
    {
        var reply = await link.CommandAsync("HGETALL", _keys.View(classId), [], cancellationToken).ConfigureAwait(false);
        return [.. reply.Items.Chunk(2).Select(pair => DeviceText.Read(pair[0].Text!, pair[1].Text!))
            .OrderBy(device => device.Member, StringComparer.Ordinal).ThenBy(device => device.Device, StringComparer.Ordinal)];
    }

    public async Task<bool> RewriteAsync(string classId, long epoch, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken = default)
    {
        EntriesOf.Check(classId, entries, withoutGap: false);
        var values = new List<string>(2 + (entries.Count * 2)) { Text(epoch), _keys.Changes(classId) };
        foreach (var entry in entries)
        {
            values.Add(Text(entry.Sequence));
            values.Add(LedgerText.Write(entry));
        }

        var reply = await link.EvaluateAsync(
            RedisScript.Rewrite,
            [_keys.Home(classId), _keys.Ledger(classId), _keys.Starts(classId), _keys.Closes(classId)],
            [.. values],
            cancellationToken).ConfigureAwait(false);
        return reply.Number == 1;
    }

    public async Task<string?> DocumentAsync(string classId, string name, CancellationToken cancellationToken = default)
    {
        var reply = await link.CommandAsync("GET", _keys.Document(classId, name), [], cancellationToken).ConfigureAwait(false);
        return reply.IsNull ? null : reply.Text;
    }

    public async Task<bool> PutDocumentAsync(
        string classId, string name, string? content, long? epoch, CancellationToken cancellationToken = default)
    {
        string[] values = content is null ? [Text(epoch)] : [Text(epoch), content];
        var reply = await link.EvaluateAsync(
            RedisScript.Put, [_keys.Home(classId), _keys.Document(classId, name)], values, cancellationToken).ConfigureAwait(false);
        return reply.Number == 1;
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
