using System.Buffers.Binary;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>What waits to leave by one TCP connection: bounded in bytes and in time, voice before pictures, whole datagrams only.</summary>
/// <remarks>
/// The worker's thread puts in, one thread of the pool at a time takes out. A TCP connection that is too slow would make everything late
/// without end: pictures are refused as soon as some have waited for <see cref="LongestWait"/>, and what got stale in an outage is left out.
/// </remarks>
internal sealed class TcpOutbox
{
    /// <summary>Room for pictures, in bytes.</summary>
    public const int PictureBytes = 64 * 1024;

    /// <summary>Room for voice, checks, handshakes and reports, in bytes.</summary>
    public const int OtherBytes = 16 * 1024;

    /// <summary>From here on no further picture is taken in.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(300);

    /// <summary>A player has given up a voice packet that is later than this.</summary>
    public static readonly TimeSpan StaleVoice = TimeSpan.FromMilliseconds(500);

    /// <summary>Pictures that have waited so long are asked for anew sooner than they would come.</summary>
    public static readonly TimeSpan StalePicture = TimeSpan.FromSeconds(1);

    private const int SsrcAt = 8;
    private readonly FrameRing _pictures = new(PictureBytes);
    private readonly FrameRing _others = new(OtherBytes);

    /// <summary>Whose connection it is; set by the worker's thread.</summary>
    public TcpPeer Peer { get; set; }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _others.IsEmpty && _pictures.IsEmpty;

    /// <summary>Whether so much waits that it had better leave before the round is over.</summary>
    public bool IsHalfFull => _pictures.Used > PictureBytes / 2 || _others.Used > OtherBytes / 2;

    /// <summary>Puts a copy of a datagram in.</summary>
    /// <param name="now">The time.</param>
    /// <param name="datagram">A finished datagram.</param>
    /// <param name="isPicture">What it is, for the count when it was dropped.</param>
    /// <returns>False when it was dropped.</returns>
    public bool TryAdd(Instant now, ReadOnlySpan<byte> datagram, out bool isPicture)
    {
        isPicture = IsMedia(datagram) && datagram.Length >= SsrcAt + sizeof(uint)
            && BinaryPrimitives.ReadUInt32BigEndian(datagram[SsrcAt..]) != Peer.Voice.Value;
        return isPicture
            ? _pictures.Waiting(now) <= LongestWait && _pictures.TryWrite(now, datagram)
            : _others.TryWrite(now, datagram);
    }

    /// <summary>Writes what leaves next, each datagram behind its length (RFC 4571): whatever is no picture first.</summary>
    /// <param name="now">The time.</param>
    /// <param name="destination">As much is written as fits; at least one datagram has to.</param>
    /// <param name="stale">Datagrams that were left out because they came too late: pictures and voice.</param>
    /// <returns>Bytes written; 0 when nothing waits.</returns>
    public int Compose(Instant now, Span<byte> destination, out (int Pictures, int Voice) stale)
    {
        var written = Compose(_others, now, StaleVoice, destination, out var voice);
        written += Compose(_pictures, now, StalePicture, destination[written..], out var pictures);
        stale = (pictures, voice);
        return written;
    }

    private static int Compose(FrameRing ring, Instant now, TimeSpan longest, Span<byte> destination, out int stale)
    {
        var written = 0;
        stale = 0;
        while (ring.TryPeek(out var length, out var start))
        {
            if (ring.Waiting(now) > longest && IsMedia(start))
            {
                ring.Skip();
                stale++;
                continue;
            }

            if (written + FrameReader.HeaderLength + length > destination.Length)
            {
                break;
            }

            BinaryPrimitives.WriteUInt16BigEndian(destination[written..], (ushort)length);
            ring.Take(destination.Slice(written + FrameReader.HeaderLength, length));
            written += FrameReader.HeaderLength + length;
        }

        return written;
    }

    // RFC 7983 and RFC 5761 §4: SRTP, not SRTCP.
    private static bool IsMedia(ReadOnlySpan<byte> datagram) => datagram is [>= 128 and < 192, not (>= 192 and < 224), ..];
}
