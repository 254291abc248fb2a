using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Streaming.Client.Peers;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>Nobody in a class can tell whether an inspector is there: not by any message, not by any packet.</summary>
public sealed partial class UnseenInspectorTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    [Fact(Timeout = 480_000)]
    public async Task TheClassReceivesTheSameBytesWithAndWithoutAnInspector()
    {
        // A datagram that the kernel drops on the way up is asked for again, and a handshake that a busy machine draws out looks like a weak link, with or
        // without an inspector: then the pair says nothing.
        const int pairs = 3;
        var (without, with) = (await RunLessonAsync(withInspector: false), await RunLessonAsync(withInspector: true));
        for (var pair = 1; pair < pairs && (without.IsDisturbed || with.IsDisturbed); pair++)
        {
            output.WriteLine($"the kernel dropped {without.Dropped} and {with.Dropped} datagrams, {without.Judgements} and {with.Judgements} times a link was thought weak; the pair is repeated");
            (without, with) = (await RunLessonAsync(withInspector: false), await RunLessonAsync(withInspector: true));
        }

        output.WriteLine($"{without.Messages.Sum(member => member.Count)} messages; feedback to the teacher {without.Feedback} and {with.Feedback}");
        Assert.NotEmpty(without.Messages[0]);
        for (var member = 0; member < without.Messages.Count; member++)
        {
            // How a link was measured, and when, is the machine's doing; whose links are told of is not.
            string[] unseen = [.. with.Messages[member].Where(IsExact)], alone = [.. without.Messages[member].Where(IsExact)];
            var differs = Enumerable.Range(0, Math.Max(unseen.Length, alone.Length)).FirstOrDefault(i => unseen.ElementAtOrDefault(i) != alone.ElementAtOrDefault(i), -1);
            Assert.True(
                differs < 0,
                $"Member {member} hears at {differs}, without an inspector: {alone.ElementAtOrDefault(differs)}; with one: {unseen.ElementAtOrDefault(differs)}");
            Assert.DoesNotContain(with.Messages[member], message => message.Contains("i-wu", StringComparison.Ordinal));
        }

        Assert.Equal(without.Feedback, with.Feedback);
    }

    [Fact(Timeout = 240_000)]
    public async Task NoKeyFrameIsAskedOfTheTeachersBrowserForAnInspector()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await student.SeesPictureAsync(Limit);
        // The server refreshes its copy of the picture at intervals, so a visit begins just after such a request, with the whole interval
        // before it. A student may ask, too, or the machine be slow: that can spoil a visit, but not each of five. A request that is made
        // for the inspector falls into every visit.
        const int visits = 5;
        var asked = long.MaxValue;
        for (var visit = 0; visit < visits && asked > 0; visit++)
        {
            var before = await NextKeyFrameRequestAsync();
            await using (var inspector = await server.EnterAsync(browser, Role.Inspector, "i-wu", "Mr Wu"))
            {
                await inspector.SeesPictureAsync(Limit);
                // The picture comes before the rest of the page; the count does with the seat.
                await Assertions.Expect(inspector.Page.Locator("#present-count")).ToHaveTextAsync("1", new() { Timeout = 20_000 });
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
            asked = (await teacher.PublishingAsync())!.PliCount - before;
            output.WriteLine($"visit {visit}: {asked} key frames asked of the teacher");
        }

        Assert.Equal(0, asked);
        Assert.Equal("1", await teacher.Page.Locator("#present-count").TextContentAsync());

        async Task<long> NextKeyFrameRequestAsync()
        {
            var known = await CountAsync();
            var now = known;
            await Eventually.TrueAsync("the server refreshes its copy of the picture", Limit, async () => (now = await CountAsync()) > known);
            return now;
        }

        async Task<long> CountAsync() => (await teacher.PublishingAsync())!.PliCount;
    }

    [Fact(Timeout = 240_000)]
    public async Task AnInspectorWhoWaitsInAnEmptyClassIsLedToTheWorkerThatTheLessonGets()
    {
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Workers = 2 });
        await using var loop = new HeadlessPeerLoop();
        var browser = await browsers.LenientAsync();
        await using var inspector = await server.EnterAsync(browser, Role.Inspector, "i-wu", "Mr Wu");
        var before = await Eventually.ValueAsync("the inspector has an answer", Limit, PortAsync);

        // Another class takes the turn that this one would have had.
        var ticket = await server.TicketAsync(Role.Teacher, "t-han", "Mr Han", "art");
        await using var other = await HubMember.ConnectAsync(server.Address, ticket.Text);
        await other.JoinAsync("device-of-han");
        await other.CallAsync("StartLesson");
        var publisher = HeadlessPeer.Publisher();
        await loop.ConnectAsync(publisher, await OfferAsync(other, "Publish", publisher), []).WaitAsync(Limit);

        await using var teacher = await server.TeachAsync(browser);
        await inspector.SeesPictureAsync(Limit);
        Assert.NotEqual(before, await PortAsync());   // otherwise nobody had to be led anywhere

        Task<string?> PortAsync() => inspector.Page.EvaluateAsync<string?>(
            "/ (\\d+) typ host/.exec(window.streamingDebug?.peerConnections().watch?.remoteDescription?.sdp ?? '')?.[1] ?? null");
    }

    private static bool IsExact(string message) => !message.Contains("\"target\":\"Quality\"", StringComparison.Ordinal);

    /// <summary>The script: the same calls in the same order, each awaited until the class is quiet again.</summary>
    private static async Task<Transcript> RunLessonAsync(bool withInspector)
    {
        await using var server = await ServerProcess.StartAsync();
        await using var loop = new HeadlessPeerLoop();
        // Answers and what the class is told go different ways, so each has to come before the next is caused.
        await using var teacher = await MemberAsync(server, Role.Teacher, "t-lin", "Ms Lin");
        await QuietAsync(teacher);
        await teacher.CallAsync("StartLesson");
        await QuietAsync(teacher);
        var publisher = HeadlessPeer.Publisher();
        await loop.ConnectAsync(publisher, await OfferAsync(teacher, "Publish", publisher),
        [
            new MadeVoiceFeed(publisher.Sent[0], new MadeVoice()),
            new MadeVideoFeed(publisher.Sent[1], new MadeVideo(packetsPerFrame: 2, size: 600), framesPerSecond: 20, TimeSpan.FromSeconds(2)),
        ]).WaitAsync(Limit);
        await QuietAsync(teacher);
        await teacher.CallAsync("SetSources", [new[] { "voice", "camera" }]);

        await QuietAsync(teacher);
        await using var mei = await MemberAsync(server, Role.Student, "s-mei", "Mei");
        await QuietAsync(teacher, mei);
        var first = await WatchAsync(loop, mei);
        await QuietAsync(teacher, mei);

        // How the lesson began is the machine's doing: a key frame that came before the keys were in place is asked for again.
        await Eventually.TrueAsync("the first student has a picture", Limit, () => first.Received.Count > 1 && first.Received[1].KeyFrames > 0);
        var begin = await loop.RunAsync(_ => Feedback.To(publisher));
        await using var tom = await MemberAsync(server, Role.Student, "s-tom", "Tom");
        HubMember[] members = [teacher, mei, tom];
        await QuietAsync(members);
        await WatchAsync(loop, tom);
        await QuietAsync(members);

        await mei.CallAsync("RaiseHand");
        await QuietAsync(members);
        var inspection = withInspector ? InspectAsync(server, loop) : Task.CompletedTask;
        await Task.Delay(TimeSpan.FromSeconds(2));
        await tom.CallAsync("Say", "I have a question too.");
        await QuietAsync(members);
        await Task.Delay(TimeSpan.FromSeconds(4));
        await inspection;
        await teacher.CallAsync("LowerHand", "s-mei");
        await QuietAsync(members);
        var feedback = await loop.RunAsync(_ => Feedback.To(publisher)) - begin;
        var dropped = UdpSockets.At(server.MediaPort).Dropped + UdpSockets.Towards(server.MediaPort).Dropped;
        await tom.CallAsync("Leave");
        await QuietAsync(members);
        await teacher.CallAsync("EndLesson");
        await QuietAsync(members);
        return new Transcript([.. members.Select(member => member.Messages.Select(Timeless).ToList())], feedback, dropped);
    }

    /// <summary>Comes in the middle, watches, asks for key frames as loudly as it can, looks at the class, and goes.</summary>
    private static async Task InspectAsync(ServerProcess server, HeadlessPeerLoop loop)
    {
        await using var inspector = await MemberAsync(server, Role.Inspector, "i-wu", "Mr Wu");
        var peer = await WatchAsync(loop, inspector);
        await Eventually.TrueAsync("the inspector has a picture", Limit, () => peer.Received[1].KeyFrames > 0);
        for (var i = 0; i < 10; i++)
        {
            await loop.RunAsync(_ =>
            {
                peer.RequestKeyFrame(peer.Received[1]);
                return true;
            });
            await inspector.CallAsync("Snapshot");
            await Task.Delay(100);
        }

        await inspector.CallAsync("Leave");
        await loop.RemoveAsync(peer);
    }

    private static async Task<HubMember> MemberAsync(ServerProcess server, Role role, string member, string name)
    {
        var connected = await HubMember.ConnectAsync(server.Address, (await server.TicketAsync(role, member, name)).Text);
        await connected.JoinAsync($"device-of-{member}");
        return connected;
    }

    private static async Task<HeadlessPeer> WatchAsync(HeadlessPeerLoop loop, HubMember member)
    {
        var peer = HeadlessPeer.Watcher();
        await loop.ConnectAsync(peer, await OfferAsync(member, "Watch", peer)).WaitAsync(Limit);
        return peer;
    }

    private static async Task<string> OfferAsync(HubMember member, string method, HeadlessPeer peer) =>
        (string)(await member.CallAsync(method, new { sdp = peer.Offer }))!["sdp"]!;

    /// <summary>Waits until nobody has been told anything for a while.</summary>
    private static async Task QuietAsync(params HubMember[] members)
    {
        var count = -1;
        for (var round = 0; round < 20 && count != members.Sum(member => member.Messages.Count); round++)
        {
            count = members.Sum(member => member.Messages.Count);
            await Task.Delay(Quiet);
        }
    }

    /// <summary>A message without times and random ids.</summary>
    private static string Timeless(string message) => Random().Replace(Times().Replace(message, "<time>"), "${what}<random>");

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")]
    private static partial Regex Times();

    // ids of sessions and of the server's run; in an SDP the origin, ICE credentials, fingerprint, SSRCs, names and the port
    [GeneratedRegex(@"(?<what>o=- |ice-ufrag:|ice-pwd:|fingerprint:sha-256 |ssrc:|ssrc-group:FID |cname:|(?:udp|tcp) \d+ [0-9a-f.:]+ |m=\w+ )[^ \\]+( \d{6,})?|\b[0-9a-f]{32}\b|(?<=""server"":"")[^""]+")]
    private static partial Regex Random();

    /// <param name="Messages">What each member was told.</param>
    /// <param name="Feedback">What the teacher's media connection was told.</param>
    /// <param name="Dropped">Datagrams that the kernel dropped at the sockets of the server and its peers.</param>
    private sealed record Transcript(List<List<string>> Messages, Feedback Feedback, long Dropped)
    {
        /// <summary>How often somebody was told of a link that does not carry everything.</summary>
        public int Judgements { get; } = Messages.Sum(member => member.Count(message =>
            message.Contains("\"target\":\"Rung\"", StringComparison.Ordinal) || message.Contains("\"target\":\"StillsWanted\"", StringComparison.Ordinal)));

        public bool IsDisturbed => Dropped > 0 || Judgements > 0;
    }

    /// <summary>What the server told the publisher's media connection.</summary>
    private sealed record Feedback(long PictureLossIndications, long KeyFrameRequests, long AskedAgain, ulong? BitrateAllowed, bool HasReports)
    {
        public static Feedback To(HeadlessPeer publisher) => new(
            publisher.Sent.Sum(track => track.PliCount),
            publisher.Sent.Sum(track => track.KeyFrameRequests),
            publisher.Sent.Sum(track => track.AskedAgain),
            publisher.RembBitrate,
            publisher.Sent.All(track => track.LastReport is not null));

        public static Feedback operator -(Feedback now, Feedback then) => now with
        {
            PictureLossIndications = now.PictureLossIndications - then.PictureLossIndications,
            KeyFrameRequests = now.KeyFrameRequests - then.KeyFrameRequests,
            AskedAgain = now.AskedAgain - then.AskedAgain,
        };
    }
}
