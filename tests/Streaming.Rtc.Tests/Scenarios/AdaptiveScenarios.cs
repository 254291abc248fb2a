using Streaming.Client.Peers;
using Streaming.Rtc.Sfu;
using Streaming.Tests.Shared.Links;
using Xunit.Abstractions;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>Students behind weak links get what these carry; in virtual time, over the real engine.</summary>
public sealed class AdaptiveScenarios(ITestOutputHelper output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void AGoodLinkClimbsToTheLargestLayerWithoutAGap()
    {
        using var lesson = new Lesson(301, LinkProfile.Steady("5 Mbit/s", new LinkWay { BitsPerSecond = 5_000_000, Delay = TimeSpan.FromMilliseconds(20) }));
        lesson.Run(30, output);

        Assert.Equal(640, lesson.Log.Sizes[^1].Width);
        Assert.True(lesson.Log.Sizes[^1].At - lesson.Began < 10 * Second, lesson.Story);
        Assert.InRange(lesson.Log.Rate(lesson.Began + (10 * Second), lesson.Now), 29, 31);
        Assert.Empty(lesson.Log.Gaps);
    }

    [Fact]
    public void AHomeLinkGetsTheMiddleLayerOrMore()
    {
        using var lesson = new Lesson(302, LinkProfile.Home);
        lesson.Run(65, output);

        Assert.True(lesson.WidthAt(lesson.Now) >= 320, lesson.Story);
        Assert.True(lesson.Log.Sizes.Count(size => size.At - lesson.Began > 10 * Second) <= 4, lesson.Story);
        Assert.Equal(0, lesson.Link.Down[LinkFate.QueueFull]);
        Assert.Empty(lesson.Log.Gaps);
    }

    [Fact]
    public void ASharedLinkGetsAMovingPicture()
    {
        using var lesson = new Lesson(303, LinkProfile.Shared);
        lesson.Run(65, output);

        Assert.True(lesson.Log.Rate(lesson.Began + (5 * Second), lesson.Now) >= 10, lesson.Story);
        Assert.True(lesson.VoiceLost(5) < 0.02, $"{lesson.VoiceLost(5)}");
        Assert.InRange(lesson.Link.Down[LinkFate.QueueFull], 0, 20);
    }

    /// <summary>An encoder that begins sends a fifth of what it will: who took that for the layer's rate would be drowned by it.</summary>
    [Fact]
    public void ALayerThatHasJustBegunIsNotTakenForASmallOne()
    {
        var link = LinkProfile.Steady("350 kbit/s", new LinkWay { BitsPerSecond = 350_000, Delay = TimeSpan.FromMilliseconds(60) });
        using var lesson = new Lesson(308, link, begins: 10 * Second, grows: 2.5 * Second);
        lesson.Run(20, output);

        Assert.Equal(0, lesson.Link.Down[LinkFate.QueueFull]);
        Assert.DoesNotContain(lesson.Log.Sizes, size => size.Width > 320);
        Assert.Equal(160, lesson.WidthAt(lesson.Began + (13 * Second)));
        Assert.InRange(lesson.Log.Rate(lesson.Began + (9 * Second), lesson.Now), 26, 31);
    }

    [Theory]
    [InlineData("Weak", 0.03)]
    [InlineData("Thin", 0.02)]
    [InlineData("Village", 0.04)]
    [InlineData("Lossy", 0.04)]   // of a fifth
    public void AThinLinkKeepsTheVoice(string name, double lost)
    {
        using var lesson = new Lesson(304, LinkProfile.All.Single(profile => profile == name switch
        {
            "Weak" => LinkProfile.Weak,
            "Thin" => LinkProfile.Thin,
            "Village" => LinkProfile.Village,
            _ => LinkProfile.Lossy,
        }));
        lesson.Run(65, output);

        output.WriteLine($"{lesson.VoiceLost(5):0.000} of the speech lost");
        Assert.True(lesson.Link.Down[LinkFate.QueueFull] < 100, $"{lesson.Link.Down[LinkFate.QueueFull]}");
        Assert.True(lesson.VoiceLost(5) <= lost, $"{lesson.VoiceLost(5)}");
    }

    [Fact]
    public void APictureComesBackWithTheLink()
    {
        using var lesson = new Lesson(305, LinkProfile.Dip);
        lesson.Run(60, output);

        Assert.True(lesson.Log.Rate(lesson.Began + (45 * Second), lesson.Now) >= 10, lesson.Story);
        Assert.True(lesson.Log.LongestSilence < TimeSpan.FromMilliseconds(400), $"{lesson.Log.LongestSilence}");
    }

    [Fact]
    public void AViewerThatOffersToTellWhatComesAndDoesNotIsSentEverything()
    {
        using var net = new VirtualNetwork(seed: 307);
        net.Loses = (_, _, bytes) => bytes is [0x8F, 205, ..];   // the feedback, which travels by itself; its header is plain
        var teacher = net.Publisher(Teacher(seed: 307));
        var log = new ReceivedLog();
        var student = net.AdaptiveViewer(onPacket: log.Note);
        net.Connect();
        teacher.SendVoice(size: 60);
        teacher.SendTemporalLayers();
        net.Run(15 * Second);

        Assert.Equal(640, log.Sizes[^1].Width);
        Assert.InRange(log.Rate(net.Now + (-5 * Second), net.Now), 29, 31);
        Assert.Equal(Rung.Picture, net.Events.OfType<WatcherRung>().Last(told => told.Transport == student.Id).Rung);
    }

    [Fact]
    public void InspectorsOnWhateverLinksChangeNothingThatTheTeacherHears()
    {
        var alone = Accounts(observers: 0);
        var watched = Accounts(observers: 4);
        Assert.NotEmpty(alone);
        Assert.Equal(alone, watched);
    }

    // What the teacher hears, to the datagram.
    private static List<(long At, int Length)> Accounts(int observers)
    {
        LinkProfile[] links = [LinkProfile.Thin, LinkProfile.Village, LinkProfile.Lossy, LinkProfile.Home];
        using var net = new VirtualNetwork(seed: 306);
        var teacher = net.Publisher(Teacher(seed: 306));
        var student = net.Viewer(new HeadlessPeerOptions { Seed = 6 });
        student.Behind(LinkProfile.Steady("narrow", new LinkWay { BitsPerSecond = 400_000, Delay = TimeSpan.FromMilliseconds(80) }), 6, net.Now);
        net.Connect();
        teacher.SendVoice(size: 60);
        teacher.SendTemporalLayers();
        net.Run(4 * Second);
        for (var i = 0; i < observers; i++)
        {
            net.Viewer(new HeadlessPeerOptions { Seed = 100 + i }, isObserver: true).Behind(links[i % links.Length], i, net.Now);
        }

        net.Run(12 * Second);
        return [.. teacher.Heard];
    }

    private static HeadlessPeerOptions Teacher(int seed) => new()
    {
        Seed = seed, Tracks = [TrackSource.Voice, TrackSource.Camera], CameraLayers = ["l", "m", "h"], TransportFeedback = true,
    };

    private sealed class Lesson : IDisposable
    {
        private readonly VirtualNetwork _net;
        private readonly List<string> _story = [];
        private readonly List<(int Heard, long Newest)> _voice = [];

        public Lesson(int seed, LinkProfile profile, TimeSpan begins = default, TimeSpan grows = default)
        {
            _net = new VirtualNetwork(seed);
            var teacher = _net.Publisher(Teacher(seed));
            Student = _net.AdaptiveViewer(onPacket: Log.Note);
            Other = _net.AdaptiveViewer();
            Link = Student.Behind(profile, seed, _net.Now);
            _net.Connect();
            teacher.SendVoice(size: 60);   // 24 kbit/s
            Layers = teacher.SendTemporalLayers(begins, grows);
            Began = _net.Now;
        }

        public VirtualPeer Student { get; }

        public VirtualPeer Other { get; }

        public VirtualLink Link { get; }

        public ReceivedLog Log { get; } = new();

        public IReadOnlyList<TemporalFeed> Layers { get; }

        public Instant Began { get; }

        public Instant Now => _net.Now;

        public string Story => string.Join("\n", _story);

        public void Run(int seconds, ITestOutputHelper output)
        {
            for (var i = 0; i < seconds; i++)
            {
                var (frames, bytes, voice) = (Log.Frames.Count, Link.Down.DeliveredBytes, Student.Voice.Packets);
                _net.Run(Second);
                var line = $"{(Now - Began).TotalSeconds,3:0} s: {(Link.Down.DeliveredBytes - bytes) * 8 / 1000,5} kbit/s, {Log.Frames.Count - frames,2} fps, "
                    + $"voice {Student.Voice.Packets - voice,2}, width {(Log.Sizes.Count > 0 ? Log.Sizes[^1].Width : 0)}, "
                    + $"{_net.Watcher(Student)}, keys {string.Join('/', Layers.Select(layer => layer.KeyFrames))}";
                _story.Add(line);
                _voice.Add(Log.Speech);
            }

            output.WriteLine(Story);
            Log.Gaps.ForEach(output.WriteLine);
        }

        /// <summary>Speech that did not come, as a share of what was said, from a second on.</summary>
        public double VoiceLost(int from) => 1 - ((_voice[^1].Heard - _voice[from].Heard) / (double)(_voice[^1].Newest - _voice[from].Newest));

        public int WidthAt(Instant at) => Log.Sizes.LastOrDefault(size => size.At <= at).Width;

        public void Dispose() => _net.Dispose();
    }
}
