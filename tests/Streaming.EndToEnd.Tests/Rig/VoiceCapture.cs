using System.Buffers.Binary;
using Streaming.Tests.Shared.Links;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>What a thin voice weighs on a wire, by the datagrams that passed: SRTP's headers are plain.</summary>
internal sealed class VoiceCapture
{
    private const byte Opus = 111;
    private const byte Red = 63;
    private const int ClockRate = 48_000;
    private const uint ThinStep = 3 * 960;   // of 20 ms

    private readonly Lock _gate = new();
    private long _bytes;
    private long _thin;
    private long _packets;
    private ushort _number;
    private uint _timestamp;
    private int _length;

    /// <summary>Begins anew from here.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            (_bytes, _thin, _packets) = (0, 0, 0);
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
            // How much sound is in a packet the next one tells, unless one between them is missing.
            var (number, timestamp) = (BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]), BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]));
            if (number == (ushort)(_number + 1) && timestamp - _timestamp == ThinStep)
            {
                _thin++;
                _bytes += _length + LinkWay.HeaderBytes;
            }

            (_number, _timestamp, _length) = (number, timestamp, datagram.Length);
            _packets++;
        }
    }

    /// <summary>
    /// What the packets with 60 ms of sound in them took of the wire since <see cref="Begin"/>, in bit/s of the sound in them, IP and UDP headers
    /// included; and which share of all they were.
    /// </summary>
    public (double BitsPerSecond, double ThinShare) Take()
    {
        lock (_gate)
        {
            return (_thin == 0 ? 0 : _bytes * 8 / (_thin * (double)ThinStep / ClockRate), _packets == 0 ? 0 : _thin / (double)_packets);
        }
    }
}
