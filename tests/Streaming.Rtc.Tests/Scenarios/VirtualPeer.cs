using Streaming.Client;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>A peer with its address, its plug, and what it is to send.</summary>
internal sealed class VirtualPeer(HeadlessPeer peer, TransportId id, TransportAddress address)
{
    private readonly List<SyntheticTrack> _sending = [];

    public HeadlessPeer Peer => peer;

    public TransportId Id => id;

    public TransportAddress Address => address;

    /// <summary>Nothing reaches it and nothing leaves it.</summary>
    public bool IsUnplugged { get; set; }

    public bool IsSettled => peer.State is HeadlessPeerState.Connected or HeadlessPeerState.Failed or HeadlessPeerState.Closed;

    /// <summary>Sends pictures from now on.</summary>
    public SyntheticTrack SendVideo(TrackSource source = TrackSource.Camera, int fps = 25, int packetsPerFrame = 4, int size = 800, int frames = int.MaxValue)
    {
        var track = new SyntheticTrack(peer.Sent.Single(track => track.Source == source), fps, packetsPerFrame, size, frames);
        _sending.Add(track);
        return track;
    }

    /// <summary>Sends voice from now on, 50 packets a second.</summary>
    public void SendVoice() =>
        _sending.Add(new SyntheticTrack(peer.Sent.Single(track => track.Source == TrackSource.Voice), 50, 1, 80, int.MaxValue));

    public void StopSending() => _sending.Clear();

    public void Advance(Instant now)
    {
        if (peer.State == HeadlessPeerState.Connected)
        {
            foreach (var track in _sending)
            {
                track.Advance(now);
            }
        }

        if (peer.NextTick <= now)
        {
            peer.Tick(now);
        }
    }
}
