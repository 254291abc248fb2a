using System.Buffers.Binary;
using System.Diagnostics;
using Streaming.Tests.Shared.Links;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>What the voice weighs on a wire, by the datagrams that passed: SRTP's headers are plain.</summary>
internal sealed class VoiceCapture
{
    private const byte Opus = 111;
    private const byte Red = 63;
    private const uint ThinStep = 3 * 960;   // of 20 ms at 48 kHz

    private readonly Lock _gate = new();
    private long _bytes;
    private long _thin;
    private long _packets;
    private uint _last;
    private long _began;

    /// <summary>Begins anew from here.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            (_bytes, _thin, _packets, _began) = (0, 0, 0, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Takes a datagram, RTP or not.</summary>
    public void Note(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 12 || datagram[0] >> 6 != 2 || (datagram[1] & 0x7F) is not (Opus or Red))
        {
            return;
        }

        lock (_gate)
        {
            var timestamp = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
            _thin += timestamp - _last == ThinStep ? 1 : 0;
            _last = timestamp;
            _bytes += datagram.Length + LinkWay.HeaderBytes;
            _packets++;
        }
    }

    /// <summary>The rate since <see cref="Begin"/>, in bit/s, IP and UDP headers included; and the share of packets that came 60 ms of sound behind the one before.</summary>
    public (double BitsPerSecond, double ThinShare) Take()
    {
        lock (_gate)
        {
            return (_bytes * 8 / Stopwatch.GetElapsedTime(_began).TotalSeconds, _packets == 0 ? 0 : _thin / (double)_packets);
        }
    }
}
