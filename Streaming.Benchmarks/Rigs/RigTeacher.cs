using Streaming.Rtc;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Rigs;

/// <summary>The one who sends: voice, camera and screen, encrypted as a browser's packets are.</summary>
internal sealed class RigTeacher : IDisposable
{
    public static readonly TransportAddress Address = TransportAddress.FromIPv4(0x7F00_0001, 1);
    public static readonly NegotiatedFormat Opus = new(new MediaFormat(Codec.Opus, ""), new PayloadType(111), null);
    public static readonly NegotiatedFormat Vp8 = new(new MediaFormat(Codec.Vp8, ""), new PayloadType(96), new PayloadType(97));
    private const int VoiceSize = 68;   // 80 bytes with its header: 20 ms of speech at 27 kbit/s

    private readonly OutboundSrtp _srtp;
    private readonly Track[] _tracks;
    private readonly byte[] _picture;
    private readonly byte[] _voice = new byte[VoiceSize];

    public RigTeacher(SrtpProfile profile, int payloadSize)
    {
        var keys = RigKeys.Make(profile, 1);
        (_srtp, Keys) = (new OutboundSrtp(keys.Client), keys.Server);
        _tracks = [.. Enumerable.Range(1, 3).Select(ssrc => new Track(_srtp.Open(new Ssrc((uint)ssrc))))];
        _picture = new byte[payloadSize];
        new Random(1).NextBytes(_picture);
        new Random(2).NextBytes(_voice);
    }

    /// <summary>How the server reaches this peer.</summary>
    public PeerParameters Peer { get; } = new(IceCredentials.Generate(), IceCredentials.Generate(), new byte[32]);

    /// <summary>The server's end of its keys.</summary>
    public SrtpKeys Keys { get; }

    public PublishParameters Parameters => new(Peer, 0, [
        new PublishedTrack("0", TrackSource.Voice, [Opus], new Ssrc(1), null),
        new PublishedTrack("1", TrackSource.Camera, [Vp8], new Ssrc(2), new Ssrc(12)),
        new PublishedTrack("2", TrackSource.Screen, [Vp8], new Ssrc(3), new Ssrc(13)),
    ]);

    /// <summary>Writes one picture of a few packets.</summary>
    public void MakePicture(RoundShelf shelf, TrackSource source, int packets, bool keyFrame)
    {
        var track = _tracks[(int)source];
        track.Timestamp += 1_800;   // 20 ms of 90 kHz
        for (var i = 0; i < packets; i++)
        {
            _picture[0] = (byte)(i == 0 ? 0x10 : 0x00);        // VP8 descriptor: start of partition 0
            _picture[1] = (byte)(keyFrame ? 0x00 : 0x01);      // payload header: P bit
            Make(shelf, track, Vp8.PayloadType, marker: i == packets - 1, _picture);
        }
    }

    /// <summary>Writes 20 ms of voice.</summary>
    public void MakeVoice(RoundShelf shelf)
    {
        var track = _tracks[(int)TrackSource.Voice];
        track.Timestamp += 960;     // 20 ms of 48 kHz
        Make(shelf, track, Opus.PayloadType, marker: false, _voice);
    }

    public void Dispose() => _srtp.Dispose();

    private static void Make(RoundShelf shelf, Track track, PayloadType payloadType, bool marker, byte[] payload)
    {
        track.Number += 1;
        var datagram = shelf.Next(Address);
        var header = RtpWriter.WriteHeader(datagram, marker, payloadType, track.Number, track.Timestamp, track.Stream.Ssrc);
        shelf.Commit(track.Stream.Protect(datagram[..header], payload, datagram));
    }

    private sealed class Track(OutboundSrtpStream stream)
    {
        public OutboundSrtpStream Stream => stream;

        public SequenceNumber Number { get; set; } = new(1);

        public uint Timestamp { get; set; }
    }
}
