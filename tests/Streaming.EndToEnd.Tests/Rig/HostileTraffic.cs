using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streaming.Tests.Shared.Links;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>Datagrams that nobody should answer: from strangers, and from the address of a peer whose way somebody sits on.</summary>
/// <remarks>Seeded. Paced by the server's own queue, so that the kernel need not drop what belongs to the class.</remarks>
internal sealed class HostileTraffic(LinkEmulator relay, int port, int seed)
{
    private const int Burst = 32;
    private const long MostQueued = 48_000;

    private readonly Random _random = new(seed);
    private readonly byte[] _buffer = new byte[3_000];
    private readonly Socket _stranger = Connected(port);

    /// <summary>Datagrams that the system took, each of which has to be counted as dropped.</summary>
    public long Sent { get; private set; }

    /// <summary>Broken DTLS in a peer's name, besides: an association may read it, or refuse it.</summary>
    public long BrokenDtls { get; private set; }

    /// <summary>Sends <paramref name="count"/> datagrams of all kinds.</summary>
    /// <exception cref="TimeoutException">The server does not take them within <paramref name="limit"/>.</exception>
    public void Run(int count, TimeSpan limit)
    {
        var began = Stopwatch.GetTimestamp();
        var seen = relay.Seen.ToArray();
        var checks = seen.Where(datagram => datagram is [0, 1, ..]).ToArray();
        var media = seen.Where(datagram => datagram is [>= 128 and < 192, ..]).ToArray();
        Assert.NotEmpty(checks);
        Assert.NotEmpty(media);
        for (var i = 0; i < count; i++)
        {
            if (i % Burst == 0)
            {
                do
                {
                    if (Stopwatch.GetElapsedTime(began) > limit)
                    {
                        throw new TimeoutException($"Only {i} of {count} datagrams within {limit}.");
                    }
                }
                while (UdpSockets.At(port).Queued > MostQueued);
            }

            SendOne(checks, media);
        }

        _stranger.Dispose();
    }

    private static Socket Connected(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private void SendOne(byte[][] checks, byte[][] media)
    {
        const int kinds = 100;
        var kind = _random.Next(kinds);
        var isSent = kind switch
        {
            < 35 => SendAsStranger(RandomBytes(_random.Next(1_400))),
            < 40 => SendAsStranger(RandomBytes(_random.Next(2_049, 3_000))),   // larger than any slot
            < 55 => SendAsStranger(Truncated(Pick(_random.Next(2) == 0 ? checks : media))),
            < 65 => SendAsStranger(Bent(Pick(checks), from: 8, to: 20)),       // transaction id: the integrity is wrong
            < 70 => SendAsStranger(Bent(Pick(checks), from: 24, to: 28)),      // a user that was never handed out
            < 72 => SendAsStranger(RandomRecord()),
            < 73 => relay.Inject(RandomRecord()),
            < 85 => relay.Inject(Bent(Pick(media), from: -16, to: 0)),         // SRTP of a wrong key: the tag is wrong
            < 97 => relay.Inject(Copy(Pick(media))),                           // replayed
            _ => relay.Inject(RandomMedia()),
        };
        if (!isSent)
        {
            return;
        }

        if (kind == 72)
        {
            BrokenDtls++;
        }
        else
        {
            Sent++;
        }
    }

    private bool SendAsStranger(Span<byte> datagram)
    {
        _stranger.Send(datagram, SocketFlags.None, out var error);
        return error == SocketError.Success;
    }

    private byte[] Pick(byte[][] datagrams) => datagrams[_random.Next(datagrams.Length)];

    private Span<byte> RandomBytes(int length)
    {
        var bytes = _buffer.AsSpan(0, length);
        _random.NextBytes(bytes);
        return bytes;
    }

    private Span<byte> Copy(byte[] original)
    {
        original.CopyTo(_buffer, 0);
        return _buffer.AsSpan(0, original.Length);
    }

    // A whole STUN message is longer than its header; cut anywhere it is none.
    private Span<byte> Truncated(byte[] original) => Copy(original)[..^_random.Next(1, original.Length)];

    /// <summary>Changes one byte between two places; places below 1 count from the end.</summary>
    private Span<byte> Bent(byte[] original, int from, int to)
    {
        var bytes = Copy(original);
        var at = _random.Next(from < 0 ? bytes.Length + from : from, to < 1 ? bytes.Length + to : to);
        bytes[at] ^= (byte)_random.Next(1, 256);
        return bytes;
    }

    private Span<byte> RandomRecord()
    {
        var bytes = RandomBytes(_random.Next(1, 600));
        bytes[0] = (byte)_random.Next(20, 64);
        return bytes;
    }

    private Span<byte> RandomMedia()
    {
        var bytes = RandomBytes(_random.Next(1, 1_200));
        bytes[0] = (byte)_random.Next(128, 192);
        return bytes;
    }
}
