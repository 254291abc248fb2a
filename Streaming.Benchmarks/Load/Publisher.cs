using System.Net.Sockets;
using System.Runtime.Versioning;
using Streaming.Client.Peers;
using Streaming.Rtc;
using Streaming.Rtc.Net;

namespace Streaming.Benchmarks.Load;

/// <summary>What a teacher sends.</summary>
/// <param name="FramesPerSecond">Pictures a second.</param>
/// <param name="PacketsPerFrame">Packets of each picture; 0 for voice alone.</param>
/// <param name="PacketSize">Bytes of each, RTP header included.</param>
/// <param name="VoiceOffset">How long behind a picture's moment the voice has its own: two clocks that never meet.</param>
internal sealed record PublishedStream(int FramesPerSecond, int PacketsPerFrame, int PacketSize, TimeSpan VoiceOffset)
{
    /// <summary>Bytes of a voice packet's payload.</summary>
    public const int VoiceSize = 80;

    public bool IsVoiceOnly => PacketsPerFrame == 0;
}

/// <summary>One teacher: a peer with its socket, and the moments at which it sends. Each picture's packets leave back to back.</summary>
/// <remarks>Belongs to the thread of a <see cref="PublisherLoop"/>.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class Publisher : IDisposable
{
    // The kernel tells user from system time by looking at every tick of 4 ms. A stream of exactly 20 ms would always be seen at the same
    // place of its work; one that is two in a thousand slow is seen everywhere within two seconds.
    private const double Slow = 1.002;
    private const double Second = 1e9 * Slow;
    private const double VoiceInterval = 0.02 * Second;   // ns
    private const long Unconnected = 2_000_000;
    private const long Housekeeping = 10_000_000;
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(10);

    private readonly PublishedStream _stream;
    private readonly MadeVoice _voice = new(PublishedStream.VoiceSize);
    private readonly MadeVideo? _video;
    private readonly byte[] _payload = new byte[SentTrack.MaxPayload];
    private readonly byte[] _datagram = new byte[2_048];
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _phase;
    private Socket? _socket;
    private long _frames;
    private long _voices;
    private long _start;
    private long _lookAt;
    private long _keyFrameRequests;
    private Instant _nextKeyFrame = Instant.LongAgo;
    private long _latest;

    /// <param name="peer">A publisher with voice, and a camera unless the stream is voice alone.</param>
    /// <param name="stream">What is sent.</param>
    /// <param name="phase">Where in a picture's interval its moment is, 0–1, so that many classes do not send at one moment.</param>
    public Publisher(HeadlessPeer peer, PublishedStream stream, double phase)
    {
        (Peer, _stream) = (peer, stream);
        _phase = (long)(phase * Second / stream.FramesPerSecond);
        _video = stream.IsVoiceOnly ? null : new MadeVideo(stream.PacketsPerFrame, stream.PacketSize - Rtc.Rtp.RtpWriter.HeaderLength);
    }

    public HeadlessPeer Peer { get; }

    /// <summary>Done when it is connected; fails when it never will be.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Why it sends no more; null while it does.</summary>
    public string? Failure => Peer.State is HeadlessPeerState.Failed or HeadlessPeerState.Closed ? Peer.Failure ?? "The server said goodbye." : null;

    /// <summary>RTP packets sent, resends left out. May be read racily.</summary>
    public long Sent => Peer.Sent.Sum(track => track.Packets);

    /// <summary>Packets that the server asked for again: lost on the way to it.</summary>
    public long AskedAgain => Peer.Sent.Sum(track => track.AskedAgain);

    /// <summary>How late the latest picture or voice packet was behind its moment since this was asked last.</summary>
    public TimeSpan TakeLatest() => new(Interlocked.Exchange(ref _latest, 0) / TimeSpan.NanosecondsPerTick);

    /// <summary>When something is due, in nanoseconds of the monotonic clock.</summary>
    public long Due => _start == 0 ? _lookAt : Math.Min(_lookAt, Math.Min(NextVoice, _video is null ? long.MaxValue : NextFrame));

    private long NextFrame => _start + (long)(_frames * Second / _stream.FramesPerSecond);

    private long NextVoice => _start + (_stream.VoiceOffset.Ticks * TimeSpan.NanosecondsPerTick) + (long)(_voices * VoiceInterval);

    /// <summary>Sends what is due and takes what has come.</summary>
    public void Tick(long clock)
    {
        var now = ToInstant(clock);
        if (_start != 0)
        {
            SendMedia(clock, now);
        }

        if (clock >= _lookAt)
        {
            ReceiveAll(now);
            _lookAt = clock + (Peer.State == HeadlessPeerState.Connected ? Housekeeping : Unconnected);
        }

        if (now >= Peer.NextTick)
        {
            Peer.Tick(now);
        }

        SendQueued();
        Settle(clock);
    }

    /// <summary>Says goodbye.</summary>
    public void Dispose()
    {
        Peer.Close();
        SendQueued();
        Peer.Dispose();
        _socket?.Dispose();
    }

    /// <summary>The peer's time at a moment of the monotonic clock.</summary>
    public static Instant ToInstant(long clock) => new(clock / TimeSpan.NanosecondsPerTick);

    private void Settle(long clock)
    {
        if (Peer.State == HeadlessPeerState.Connected && _start == 0)
        {
            // On the grid of the phase, so that classes keep their distance whenever they connect.
            var interval = Second / _stream.FramesPerSecond;
            _start = (long)((Math.Floor(clock / interval) + 2) * interval) + _phase;
            _connected.TrySetResult();
        }
        else if (Failure is { } failure)
        {
            _connected.TrySetException(new LoadException($"A teacher did not connect: {failure}"));
        }
    }

    private void SendMedia(long clock, Instant now)
    {
        while (clock >= NextVoice)
        {
            NoteLateness(clock - NextVoice);
            var samples = unchecked((uint)(_voices * 960));
            Peer.Sent[0].Send(now, _payload.AsSpan(0, _voice.Next(StampClock.Now(), _payload)), samples, marker: _voices == 0);
            _voices++;
            SendQueued();
        }

        while (_video is not null && clock >= NextFrame)
        {
            NoteLateness(clock - NextFrame);
            SendFrame(now, _video);
        }
    }

    private void SendFrame(Instant now, MadeVideo video)
    {
        var track = Peer.Sent[1];
        var isKeyFrame = now >= _nextKeyFrame || track.KeyFrameRequests != _keyFrameRequests;
        if (isKeyFrame)
        {
            (_nextKeyFrame, _keyFrameRequests) = (now + KeyFrameInterval, track.KeyFrameRequests);
        }

        var timestamp = unchecked((uint)(_frames++ * 90_000 / _stream.FramesPerSecond));
        video.BeginFrame(isKeyFrame);
        while (video.TryNext(StampClock.Now(), _payload, out var length, out var isLast))
        {
            track.Send(now, _payload.AsSpan(0, length), timestamp, isLast);
            SendQueued();
        }
    }

    private void NoteLateness(long nanoseconds)
    {
        if (nanoseconds > Volatile.Read(ref _latest))
        {
            Volatile.Write(ref _latest, nanoseconds);
        }
    }

    private void ReceiveAll(Instant now)
    {
        while (_socket is { } socket)
        {
            var length = socket.Receive(_datagram, SocketFlags.None, out var error);
            if (error == SocketError.ConnectionRefused)
            {
                continue;   // an echo of something that was sent before the server was there
            }

            if (error != SocketError.Success)
            {
                return;
            }

            Peer.ReceiveInPlace(now, _datagram.AsSpan(0, length));
        }
    }

    private void SendQueued()
    {
        while (Peer.TryTakeOutgoing(_datagram, out var length, out var to))
        {
            _socket ??= Open(to);
            _ = _socket.Send(_datagram.AsSpan(0, length), SocketFlags.None, out _);
        }
    }

    private static Socket Open(TransportAddress to)
    {
        var endpoint = to.ToIPEndPoint();
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        SocketBuffers.Ask(socket, 1 << 20);
        socket.Connect(endpoint);
        return socket;
    }
}
