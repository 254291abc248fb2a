using System.Diagnostics;
using System.Net;
using Streaming.Client;
using Streaming.Client.Peers;
using Streaming.Contracts;
using Streaming.Rtc;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A class without browsers: one teacher who sends made picture and voice, and students who count what arrives.</summary>
internal sealed class HeadlessClass : IAsyncDisposable
{
    private const int PacketsPerFrame = 5;
    private const int PacketPayload = 1_088;   // with the header 1 100 bytes of RTP

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    private readonly ServerProcess _server;
    private readonly List<ClassroomClient> _clients = [];
    private readonly List<HeadlessPeer> _viewers = [];

    private readonly IPEndPoint? _through;
    private readonly HeadlessPeer? _teacher;

    private HeadlessClass(ServerProcess server, HeadlessPeer? teacher, IPEndPoint? through) =>
        (_server, _teacher, _through) = (server, teacher, through);

    /// <summary>Drives all peers.</summary>
    public HeadlessPeerLoop Loop { get; } = new();

    /// <summary>The teacher's peer: voice, then camera.</summary>
    public HeadlessPeer Teacher => _teacher ?? throw new InvalidOperationException("Somebody else teaches this class.");

    /// <summary>The students' peers.</summary>
    public IReadOnlyList<HeadlessPeer> Viewers => _viewers;

    /// <summary>RTP packets that the teacher sent.</summary>
    public long Sent => Teacher.Sent.Sum(track => track.Packets);

    /// <summary>Students for a lesson that somebody else teaches.</summary>
    public static HeadlessClass Of(ServerProcess server) => new(server, null, null);

    /// <summary>Opens the lesson.</summary>
    /// <param name="server">Where.</param>
    /// <param name="framesPerSecond">Pictures per second, five packets of 1 100 bytes each; the voice has its 50 packets besides.</param>
    /// <param name="through">Where the teacher's datagrams go instead of to the server.</param>
    public static async Task<HeadlessClass> BeginAsync(ServerProcess server, double framesPerSecond, IPEndPoint? through = null)
    {
        var peer = HeadlessPeer.Publisher(new HeadlessPeerOptions { Server = through is null ? null : TransportAddress.From(through) });
        var lesson = new HeadlessClass(server, peer, through);
        var client = await lesson.JoinAsync(await server.TicketAsync(Role.Teacher, "t-lin", "Ms Lin"));
        await client.StartLessonAsync();
        var answer = await client.PublishAsync(peer.Offer);
        await lesson.Loop.ConnectAsync(
            peer,
            answer.Sdp,
            [
                new MadeVoiceFeed(peer.Sent[0], new MadeVoice()),
                new MadeVideoFeed(peer.Sent[1], new MadeVideo(PacketsPerFrame, PacketPayload), framesPerSecond),
            ]).WaitAsync(Limit);
        await client.SetSourcesAsync([TrackSource.Voice, TrackSource.Camera]);
        return lesson;
    }

    /// <summary>Lets students in, all at one time.</summary>
    /// <returns>From the first knock until all of them have picture and voice.</returns>
    public async Task<TimeSpan> AdmitAsync(int count)
    {
        var tickets = new List<Ticket>();
        for (var i = 0; i < count; i++)
        {
            tickets.Add(await _server.TicketAsync(Role.Student, $"s-{i:000}"));
        }

        var peers = tickets.Select(_ => HeadlessPeer.Watcher()).ToList();
        _viewers.AddRange(peers);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(tickets.Zip(peers, EnterAsync)).WaitAsync(Limit);
        await Eventually.TrueAsync("all students have picture and voice", Limit, () =>
            peers.TrueForAll(peer => peer.Received.Count > 1 && peer.Received[0].Packets > 0 && peer.Received[1].KeyFrames > 0));
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>RTP packets that students miss now, those included that are still asked for.</summary>
    public long Missing => _viewers.Sum(peer => peer.Received.Sum(track => track.Lost));

    /// <summary>What students were refused for good: packets given up, and tracks begun anew.</summary>
    public long Wounds => _viewers.Sum(peer => peer.Received.Sum(track => track.GivenUp + track.Restarts));

    /// <summary>How many packets the students' sockets, and the server's, may have cost the students: what the kernel dropped there.</summary>
    /// <remarks>A voice packet is not sent again; one that the server's socket dropped is missing at every student.</remarks>
    public long DroppedByKernel =>
        UdpSockets.Towards(_server.MediaPort).Dropped
        + (_viewers.Count * (UdpSockets.At(_server.MediaPort).Dropped + (_through is null ? 0 : UdpSockets.At(_through.Port).Dropped)));

    /// <summary>Waits until what was on its way has arrived and what was asked for again has come.</summary>
    /// <exception cref="TimeoutException">More is missing than the kernel dropped.</exception>
    public async Task SettleAsync()
    {
        try
        {
            await Eventually.TrueAsync("no more is missing than the kernel dropped", Limit, () => Missing <= DroppedByKernel);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} Missing: {Missing}; dropped: {DroppedByKernel}.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));
        await Loop.DisposeAsync();
    }

    private async Task EnterAsync(Ticket ticket, HeadlessPeer peer)
    {
        var client = await JoinAsync(ticket);
        var answer = await client.WatchAsync(peer.Offer);
        await Loop.ConnectAsync(peer, answer.Sdp);
    }

    private async Task<ClassroomClient> JoinAsync(Ticket ticket)
    {
        var client = new ClassroomClient(new ClassroomClientOptions { Server = _server.Address, Ticket = ticket.Text });
        lock (_clients)
        {
            _clients.Add(client);
        }

        await client.JoinAsync();
        return client;
    }
}
