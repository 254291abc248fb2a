using System.Net.Http.Headers;
using System.Text;
using Streaming.Client;
using Streaming.Client.Peers;
using Streaming.Contracts;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A class of 45 real clients who come, watch, drop, return and leave over a short lesson, and three who never come.</summary>
internal sealed class SchoolLesson : IAsyncDisposable
{
    public const string Class = "grade7-3";
    private const int Students = 45;
    private const int PacketsPerFrame = 2;
    private const int PacketPayload = 300;
    private const double FramesPerSecond = 4;   // what is looked at is the attendance, not the picture

    // Made names: every surname with every given name, none of a real person's list.
    private static readonly string[] Surnames = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王"];
    private static readonly string[] Given = ["一诺", "子涵", "雨桐", "浩然", "欣怡", "Ada"];

    private readonly ServerProcess _server;
    private readonly Random _random = new(45);
    private readonly Dictionary<int, (ClassroomClient Client, HeadlessPeer? Peer)> _here = [];
    private readonly HeadlessPeerLoop _loop = new();
    private readonly Dictionary<int, Ticket> _tickets = [];
    private ClassroomClient? _teacher;

    private SchoolLesson(ServerProcess server) => _server = server;

    /// <summary>Who is on the roll and does not come.</summary>
    public static IReadOnlyList<int> Absent { get; } = [46, 47, 48];

    /// <summary>The list that the office sends.</summary>
    public static string Roll => "学号,姓名\r\n" + string.Concat(Enumerable.Range(1, 48).Select(number => $"{IdOf(number)},{NameOf(number)}\r\n"));

    public static string NameOf(int number) => Surnames[(number - 1) % Surnames.Length] + Given[(number - 1) / Surnames.Length];

    /// <summary>Sends the roll, starts the lesson, and lets 45 students in.</summary>
    public static async Task<SchoolLesson> BeginAsync(ServerProcess server)
    {
        var lesson = new SchoolLesson(server);
        using var office = await lesson.OfficeAsync();
        using var sent = await office.PutAsync("roll", new StringContent(Roll, Encoding.UTF8, "text/csv"));
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
        foreach (var number in Enumerable.Range(1, Students))
        {
            lesson._tickets[number] = await server.TicketAsync(Role.Student, IdOf(number), NameOf(number), Class);
        }

        var teacher = await server.TicketAsync(Role.Teacher, "t-lin", "Ms Lin", Class);
        lesson._teacher = new ClassroomClient(new ClassroomClientOptions { Server = server.Address, Ticket = teacher.Text });
        await lesson._teacher.JoinAsync();
        foreach (var number in Enumerable.Range(1, 30))
        {
            await lesson.ComeAsync(number);
        }

        await lesson.TeachAsync();
        foreach (var number in Enumerable.Range(31, Students - 30))
        {
            await lesson.ComeAsync(number);
        }

        return lesson;
    }

    /// <summary>Half a minute of a class on weak links: some drop and return within the grace, a few for good, two leave.</summary>
    public async Task LiveAsync()
    {
        for (var step = 0; step < 12; step++)
        {
            foreach (var number in _here.Keys.Order().Where(_ => _random.NextDouble() < 0.12).ToArray())
            {
                await DropAsync(number);
            }

            await Task.Delay(TimeSpan.FromSeconds(2));
            foreach (var number in _tickets.Keys.Except(_here.Keys).Where(number => number is not (7 or 8 or 9) && _random.NextDouble() < 0.5).ToArray())
            {
                await ComeAsync(number);
            }

            switch (step)
            {
                case 2:
                    await _teacher!.SetSourcesAsync([TrackSource.Voice]);
                    break;
                case 4 when _here.ContainsKey(7):
                    await DropAsync(7, asked: true);
                    break;
                case 5:
                    await _teacher!.SetSourcesAsync([TrackSource.Voice, TrackSource.Camera]);
                    break;
                case 6 when _here.ContainsKey(8):
                    await DropAsync(8);
                    break;
            }
        }
    }

    /// <summary>The bell.</summary>
    public Task EndAsync() => _teacher!.EndLessonAsync();

    /// <summary>Asks as the school's own system does.</summary>
    public async Task<HttpClient> OfficeAsync()
    {
        var key = (await File.ReadAllTextAsync(Path.Combine(_server.Data, "keys", "admin.key"))).Trim();
        return new HttpClient
        {
            BaseAddress = new Uri(_server.Address, $"/api/classes/{Class}/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (client, _) in _here.Values)
        {
            await client.DisposeAsync();
        }

        await (_teacher?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _loop.DisposeAsync();
    }

    private static string IdOf(int number) => $"s-{number:00}";

    private async Task ComeAsync(int number)
    {
        var client = new ClassroomClient(new ClassroomClientOptions { Server = _server.Address, Ticket = _tickets[number].Text, Device = $"tablet-{number}" });
        await client.JoinAsync();
        var peer = number % 11 == 0 ? null : HeadlessPeer.Watcher();   // some devices are in the class and tell nothing of what arrives
        _here[number] = (client, peer);
        if (peer is not null)
        {
            await _loop.ConnectAsync(peer, (await client.WatchAsync(peer.Offer)).Sdp);
        }
    }

    // Without a word, as a network fails; or by leaving.
    private async Task DropAsync(int number, bool asked = false)
    {
        _here.Remove(number, out var gone);
        if (gone.Peer is { } peer)
        {
            await _loop.RemoveAsync(peer);
        }

        await (asked ? gone.Client.LeaveAsync() : Task.CompletedTask);
        await gone.Client.DisposeAsync();
    }

    private async Task TeachAsync()
    {
        var peer = HeadlessPeer.Publisher();
        await _teacher!.StartLessonAsync();
        var answer = await _teacher.PublishAsync(peer.Offer);
        await _loop.ConnectAsync(
            peer,
            answer.Sdp,
            [
                new MadeVoiceFeed(peer.Sent[0], new MadeVoice()),
                new MadeVideoFeed(peer.Sent[1], new MadeVideo(PacketsPerFrame, PacketPayload), FramesPerSecond),
            ]);
        await _teacher.SetSourcesAsync([TrackSource.Voice, TrackSource.Camera]);
    }
}
