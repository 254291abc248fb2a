using Streaming.Client;
using Streaming.Client.Peers;
using Streaming.Contracts;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>
/// A few seconds of a real browser's lesson, voice and camera, and a teacher that says them again and again: a teacher at another machine, whose browser
/// takes nothing from this one while seconds are measured.
/// </summary>
internal sealed class RecordedLesson
{
    private const string Class = "recording";
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    private static readonly Lock Making = new();
    private static Task<RecordedLesson>? _made;

    private readonly RtpRecording _voice = new();
    private readonly RtpRecording _camera = new();

    private RecordedLesson()
    {
    }

    private bool IsWhole => _voice.Packets is [.., var last] && last.At > Length && _camera.Packets.Count > 0;

    /// <summary>The recording, which is made once in a run.</summary>
    public static Task<RecordedLesson> OnceAsync(Browsers browsers)
    {
        lock (Making)
        {
            return _made ??= RecordAsync(browsers);
        }
    }

    /// <summary>Lets a browser teach for a while, and keeps what a viewer gets of it.</summary>
    private static async Task<RecordedLesson> RecordAsync(Browsers browsers)
    {
        var made = new RecordedLesson();
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.StartAsync(executable: null);
        try
        {
            await using var teacher = await server.TeachAsync(browser, @class: Class);
            await using var client = new ClassroomClient(new ClassroomClientOptions
            {
                Server = server.Address,
                Ticket = (await server.TicketAsync(Role.Student, "s-recorder", @class: Class)).Text,
            });
            await client.JoinAsync();
            await using var loop = new HeadlessPeerLoop();
            var peer = HeadlessPeer.Watcher(new HeadlessPeerOptions { OnPacket = made.Keep });
            var answer = await client.WatchAsync(peer.Offer);
            await loop.ConnectAsync(peer, answer.Sdp).WaitAsync(Limit);
            await Eventually.TrueAsync("the lesson is recorded", Limit, () => made.IsWhole);
        }
        finally
        {
            await browser.CloseAsync();
        }

        return made;
    }

    /// <summary>Gives the lesson at a server until it is disposed.</summary>
    public async Task<IAsyncDisposable> GiveAsync(ServerProcess server)
    {
        var given = new Given(new ClassroomClient(new ClassroomClientOptions
        {
            Server = server.Address,
            Ticket = (await server.TicketAsync(Role.Teacher, "t-lin", "Ms Lin")).Text,
        }));
        await given.Client.JoinAsync();
        await given.Client.StartLessonAsync();
        var peer = HeadlessPeer.Publisher();
        var answer = await given.Client.PublishAsync(peer.Offer);
        IMediaFeed[] feeds = [new ReplayFeed(peer.Sent[0], _voice, inACircle: true), new ReplayFeed(peer.Sent[1], _camera, inACircle: true)];
        await given.Loop.ConnectAsync(peer, answer.Sdp, feeds).WaitAsync(Limit);
        await given.Client.SetSourcesAsync([TrackSource.Voice, TrackSource.Camera]);
        return given;
    }

    private void Keep(ReceivedTrack track, Rtc.Instant now, in ReceivedPacket packet) =>
        (track.IsVideo ? _camera : _voice).Add(now, packet.Packet);

    private sealed record Given(ClassroomClient Client) : IAsyncDisposable
    {
        public HeadlessPeerLoop Loop { get; } = new();

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Loop.DisposeAsync();
        }
    }
}
