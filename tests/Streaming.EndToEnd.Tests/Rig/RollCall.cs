using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Streaming.Client;
using Streaming.Contracts;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A class of .NET clients without media: who is there, who drops, who comes back, and what the teacher sees of it.</summary>
internal sealed class RollCall : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly ServerProcess _server;
    private readonly ConcurrentDictionary<string, ClassroomClient> _clients = new();
    private readonly ConcurrentDictionary<string, string> _tickets = new();
    private readonly ConcurrentQueue<int> _counts = new();

    private RollCall(ServerProcess server, string @class) => (_server, Class) = (server, @class);

    /// <summary>The class.</summary>
    public string Class { get; }

    /// <summary>The teacher, in a live lesson.</summary>
    public ClassroomClient Teacher { get; private set; } = null!;

    /// <summary>The students, in no order.</summary>
    public IEnumerable<string> Students => _clients.Keys;

    /// <summary>How many students the teacher's client saw, each time the class changed.</summary>
    public IReadOnlyCollection<int> Counts => _counts;

    /// <summary>Begins a lesson with nobody in it but the teacher.</summary>
    public static async Task<RollCall> BeginAsync(ServerProcess server, string @class = "physics-7b")
    {
        var call = new RollCall(server, @class);
        var ticket = await server.TicketAsync(Role.Teacher, "t-lin", "Ms Lin", @class);
        call.Teacher = call.Client(ticket.Text, "desk");
        call.Teacher.Changed += seen => call._counts.Enqueue(seen.Seats.Count(seat => seat.Role == Role.Student));
        await call.Teacher.JoinAsync().WaitAsync(Limit);
        await call.Teacher.StartLessonAsync();
        return call;
    }

    /// <summary>Lets students in.</summary>
    public async Task AdmitAsync(int count)
    {
        var members = Enumerable.Range(0, count).Select(i => $"s-{i:000}").ToArray();
        foreach (var member in members)
        {
            _tickets[member] = (await _server.TicketAsync(Role.Student, member, @class: Class)).Text;
        }

        await Task.WhenAll(members.Select(ReturnAsync)).WaitAsync(Limit);
        await Teacher.WaitForAsync(seen => seen.Seats.Count == count + 1).WaitAsync(Limit);
        await Eventually.TrueAsync("the teacher has seen them come", Limit, () => _counts.LastOrDefault() == count);
    }

    /// <summary>The student's link fails.</summary>
    public async Task DropAsync(string member)
    {
        if (_clients.TryRemove(member, out var client))
        {
            await client.DisposeAsync();
        }
    }

    /// <summary>The student's device comes, or comes back.</summary>
    public async Task ReturnAsync(string member)
    {
        var client = Client(_tickets[member], $"device-of-{member}");
        _clients[member] = client;
        await client.JoinAsync();
    }

    /// <summary>Waits until everybody has a seat, the teacher included.</summary>
    public Task EverybodyIsSeatedAsync(TimeSpan limit) => Eventually.TrueAsync("everybody is seated", limit, () =>
        _clients.Values.Append(Teacher).All(client => client.State == ClassroomClientState.Joined));

    /// <summary>Waits until nobody has a seat any more.</summary>
    public Task NobodyIsSeatedAsync(TimeSpan limit) => Eventually.TrueAsync("nobody is seated", limit, () =>
        _clients.Values.Append(Teacher).All(client => client.State != ClassroomClientState.Joined));

    /// <summary>Waits until all sit in the class as another node keeps it.</summary>
    public Task EverybodyIsElsewhereAsync(ServerProcess other, TimeSpan limit) => Eventually.TrueAsync("everybody is at the other node", limit, async () =>
    {
        var present = await other.AskAsync($"/api/classes/{Class}/presence");
        return (string?)present["node"] == other.Address.ToString().TrimEnd('/')
            && present["members"]!.AsArray().Count(member => (string)member!["state"]! == "present") == _clients.Count + 1;
    });

    /// <summary>The last lesson's members, as the attendance API tells them.</summary>
    public async Task<IReadOnlyList<Attended>> AttendanceAsync(ServerProcess? of = null)
    {
        var lesson = await (of ?? _server).AskAsync($"/api/classes/{Class}/attendance/last");
        return [.. lesson["members"]!.AsArray().Select(member => new Attended(
            (string)member!["member"]!,
            (string)member["status"]!,
            (double)member["seconds"]!["present"]!,
            (double)member["seconds"]!["unknown"]!,
            (int)member["drops"]!,
            Time(member["firstIn"]),
            Time(member["lastOut"])))];
    }

    /// <summary>The whole ledger.</summary>
    public async Task<IReadOnlyList<JsonNode>> LedgerAsync(ServerProcess? of = null)
    {
        var entries = new List<JsonNode>();
        for (long? after = 0; after is not null;)
        {
            var page = await (of ?? _server).AskAsync($"/api/classes/{Class}/ledger?after={after.Value.ToString(CultureInfo.InvariantCulture)}");
            entries.AddRange(page["entries"]!.AsArray().Select(entry => entry!.DeepClone()));
            after = (long?)page["next"];
        }

        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        var all = _clients.Values.Append(Teacher).Select(client => client.DisposeAsync().AsTask());
        await Task.WhenAll(all);
    }

    private static DateTimeOffset Time(JsonNode? text) => DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture);

    private ClassroomClient Client(string ticket, string device) =>
        new(new ClassroomClientOptions { Server = _server.Address, Ticket = ticket, Device = device, AttemptLimit = TimeSpan.FromSeconds(5) });
}

/// <summary>One student's line of an attendance report.</summary>
internal sealed record Attended(
    string Member, string Status, double Present, double Unknown, int Drops, DateTimeOffset FirstIn, DateTimeOffset LastOut);
