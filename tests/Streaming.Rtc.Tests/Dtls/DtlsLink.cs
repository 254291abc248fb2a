using Streaming.Rtc.Dtls;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Dtls;

/// <summary>A client and a server with a seeded link between them that loses, doubles and reorders; virtual time.</summary>
internal sealed class DtlsLink : IDisposable
{
    /// <summary>Certificates are slow to make and free to share.</summary>
    internal static readonly DtlsCertificate ServerCertificate = DtlsCertificate.Generate(), ClientCertificate = DtlsCertificate.Generate();

    private readonly Random _random;
    private readonly PriorityQueue<(DtlsTransport To, byte[] Datagram), (long At, int Order)> _onTheWay = new();
    private readonly byte[] _buffer = new byte[1_500];
    private int _order;

    internal DtlsLink(
        int seed = 1,
        ReadOnlyMemory<byte>? serverExpects = null,
        ReadOnlyMemory<byte>? clientExpects = null,
        SrtpProfile? serverProfile = null,
        SrtpProfile? clientProfile = null)
    {
        _random = new Random(seed);
        Server = new DtlsTransport(ServerCertificate, DtlsRole.Server, serverExpects ?? ClientCertificate.Fingerprint, serverProfile);
        Client = new DtlsTransport(ClientCertificate, DtlsRole.Client, clientExpects ?? ServerCertificate.Fingerprint, clientProfile);
    }

    internal DtlsTransport Server { get; }

    internal DtlsTransport Client { get; }

    internal Instant Now { get; private set; }

    internal double Loss { get; init; }

    internal double Doubling { get; init; }

    /// <summary>What every datagram takes.</summary>
    internal TimeSpan Delay { get; init; } = TimeSpan.Zero;

    /// <summary>The longest delay besides; each datagram takes a random part of it, so they overtake each other.</summary>
    internal TimeSpan Jitter { get; init; } = TimeSpan.Zero;

    /// <summary>Sees every datagram before it leaves; false loses it.</summary>
    internal Func<DtlsTransport, byte[], bool>? Filter { get; set; }

    /// <summary>Called before each datagram is delivered.</summary>
    internal Action<DtlsTransport, byte[]>? BeforeDelivery { get; set; }

    /// <summary>Every datagram sent, by its sender.</summary>
    internal List<(DtlsTransport From, byte[] Datagram)> Sent { get; } = [];

    internal bool BothConnected => Server.State == DtlsState.Connected && Client.State == DtlsState.Connected;

    internal DtlsTransport Peer(DtlsTransport of) => of == Server ? Client : Server;

    internal void Start()
    {
        Server.Start(Now);
        Client.Start(Now);
        Collect();
    }

    /// <summary>Runs until nothing is on the way and no timer is due before <paramref name="until"/>, or until <paramref name="done"/>.</summary>
    internal void Run(TimeSpan until, Func<bool>? done = null)
    {
        var end = Now + until;
        Collect();
        while (done?.Invoke() != true)
        {
            var delivery = _onTheWay.TryPeek(out _, out var first) ? new Instant(first.At) : Instant.Never;
            var next = Instant.Earlier(delivery, Instant.Earlier(Server.NextTick, Client.NextTick));
            if (next > end)
                return;

            Now = next > Now ? next : Now;
            if (delivery <= next)
            {
                var (to, datagram) = _onTheWay.Dequeue();
                BeforeDelivery?.Invoke(to, datagram);
                to.Receive(Now, datagram);
            }
            else
            {
                Server.Tick(Now);
                Client.Tick(Now);
            }

            Collect();
        }
    }

    /// <summary>Runs until both ends are connected, or for a minute.</summary>
    internal void Connect()
    {
        Start();
        Run(TimeSpan.FromMinutes(1), () => BothConnected);
    }

    /// <summary>Puts what both ends want to send on the way.</summary>
    internal void Collect()
    {
        Collect(Server);
        Collect(Client);
    }

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
    }

    private void Collect(DtlsTransport from)
    {
        while (from.TryTakeOutgoing(_buffer, out var length))
        {
            var datagram = _buffer[..length];
            Assert.InRange(length, DtlsRecords.HeaderLength, DtlsTransport.Mtu);
            Sent.Add((from, datagram));
            if (Filter?.Invoke(from, datagram) == false)
                continue;

            Send(Peer(from), datagram);
            if (_random.NextDouble() < Doubling)
                Send(Peer(from), datagram);
        }
    }

    private void Send(DtlsTransport to, byte[] datagram)
    {
        if (_random.NextDouble() >= Loss)
            _onTheWay.Enqueue((to, datagram), (Now.Ticks + Delay.Ticks + (long)(Jitter.Ticks * _random.NextDouble()), _order++));
    }
}
