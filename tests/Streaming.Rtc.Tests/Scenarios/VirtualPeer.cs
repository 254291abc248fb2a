using Streaming.Client.Peers;
using Streaming.Rtc.Sfu;
using Streaming.Tests.Shared.Links;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>A peer with its address, its plug, and what it is to send.</summary>
internal sealed class VirtualPeer(HeadlessPeer peer, TransportId id, TransportAddress address, TransportAddress server)
{
    private readonly List<IMediaFeed> _feeds = [];

    public HeadlessPeer Peer => peer;

    public TransportId Id => id;

    public TransportAddress Address => address;

    /// <summary>The worker that it talks to.</summary>
    public TransportAddress Server => server;

    /// <summary>Nothing reaches it and nothing leaves it.</summary>
    public bool IsUnplugged { get; set; }

    /// <summary>Share of datagrams lost on its own way to the server and back, 0–1.</summary>
    public double Loss { get; set; }

    /// <summary>Its own way to the server and back; null for the network's loss, delay and jitter.</summary>
    public VirtualLink? Link { get; private set; }

    /// <summary>Puts a link before it, which begins now.</summary>
    public VirtualLink Behind(LinkProfile profile, int seed, Instant now) => Link = new VirtualLink(profile, seed, now);

    /// <summary>When each encrypted packet was sent to it, and its length.</summary>
    public List<(long At, int Length)> Heard { get; } = [];

    /// <summary>The last STUN check that it sent.</summary>
    public byte[]? CaptureCheck { get; set; }

    public bool IsSettled => peer.State is HeadlessPeerState.Connected or HeadlessPeerState.Failed or HeadlessPeerState.Closed;

    public ReceivedTrack Voice => peer.Received[0];

    public ReceivedTrack Camera => peer.Received[1];

    public ReceivedTrack Screen => peer.Received[2];

    /// <summary>Sends pictures from now on, with a key frame when it is asked for one.</summary>
    public void SendVideo(TrackSource source = TrackSource.Camera, int fps = 25, int packetsPerFrame = 4, int size = 800) => _feeds.Add(
        new MadeVideoFeed(Track(source), new MadeVideo(packetsPerFrame, size), fps, keyFrameInterval: TimeSpan.FromDays(1)));

    /// <summary>Sends the camera's simulcast layers from now on, each twice as wide as the one before.</summary>
    public IReadOnlyList<LayerFeed> SendLayers(int fps = 25)
    {
        LayerFeed[] layers = [.. peer.Sent.Where(track => track.Rid is not null).Select(track => new LayerFeed(track, fps))];
        _feeds.AddRange(layers);
        return layers;
    }

    /// <summary>Sends the camera in three layers with three temporal layers each, of about 100, 350 and 1 200 kbit/s.</summary>
    /// <param name="begins">When the larger ones begin.</param>
    /// <param name="grows">How long their encoders take to their rates.</param>
    public IReadOnlyList<TemporalFeed> SendTemporalLayers(TimeSpan begins = default, TimeSpan grows = default)
    {
        int[] rates = [90_000, 300_000, 1_100_000];
        TemporalFeed[] layers = [.. peer.Sent.Where(track => track.Rid is not null).Select(track => new TemporalFeed(track, rates[track.Layer])
        {
            Begins = track.Layer == 0 ? default : begins,
            Grows = track.Layer == 0 ? default : grows,
        })];
        _feeds.AddRange(layers);
        return layers;
    }

    /// <summary>Sends voice from now on, 50 packets a second.</summary>
    public void SendVoice(int size = 80) => _feeds.Add(new MadeVoiceFeed(Track(TrackSource.Voice), new MadeVoice(size)));

    /// <summary>Sends what a test makes.</summary>
    public void Send(IMediaFeed feed) => _feeds.Add(feed);

    public void StopSending() => _feeds.Clear();

    public void Advance(Instant now)
    {
        if (peer.State == HeadlessPeerState.Connected)
        {
            foreach (var feed in _feeds)
            {
                if (feed.NextTick <= now)
                {
                    feed.Tick(now);
                }
            }
        }

        if (peer.NextTick <= now)
        {
            peer.Tick(now);
        }
    }

    private SentTrack Track(TrackSource source) => peer.Sent.Single(track => track.Source == source);
}
