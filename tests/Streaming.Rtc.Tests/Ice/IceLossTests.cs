using System.Net;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Tests.Ice;

/// <summary>Our controller and our lite agent, over a link that loses and delays, in virtual time.</summary>
public class IceLossTests
{
    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.05, 100)]
    [InlineData(0.3, 100)]
    public void BothEndsConnectNominateAndKeepConsentDespiteLoss(double loss, int runs)
    {
        for (var seed = 0; seed < runs; seed++)
        {
            var link = new Link(seed) { Loss = loss };
            link.Run(TimeSpan.FromSeconds(5));
            Assert.True(link.Controller.IsNominated, $"seed {seed}");
            Assert.True(link.Agent.IsNominated, $"seed {seed}");
            Assert.Equal(link.ClientAddress, link.Agent.Remote);
            Assert.Equal(1, link.FirstPaths);

            link.Loss = Math.Min(loss, 0.1);
            link.Run(TimeSpan.FromMinutes(5));
            Assert.False(link.Controller.HasExpired(link.Now), $"seed {seed}");
            Assert.True(link.Agent.ConsentExpires > link.Now, $"seed {seed}");
            Assert.Equal(0, link.Moves);
        }
    }

    [Fact]
    public void ALinkThatDiesEndsConsentOnBothSidesWithinThirtySeconds()
    {
        var link = new Link(seed: 7);
        link.Run(TimeSpan.FromSeconds(20));
        link.Loss = 1;
        link.Run(TimeSpan.FromSeconds(31));
        Assert.True(link.Controller.HasExpired(link.Now));
        Assert.True(link.Agent.ConsentExpires <= link.Now);
        Assert.Equal(Instant.Never, link.Controller.NextTick);
    }

    [Fact]
    public void ALinkThatIsAwayForTwentySecondsIsNotGivenUp()
    {
        var link = new Link(seed: 8);
        link.Run(TimeSpan.FromSeconds(20));
        link.Loss = 1;
        link.Run(TimeSpan.FromSeconds(20));
        link.Loss = 0;
        link.Run(TimeSpan.FromSeconds(30));
        Assert.False(link.Controller.HasExpired(link.Now));
        Assert.True(link.Agent.ConsentExpires > link.Now);
    }

    [Fact]
    public void TheServerFollowsAClientWhoseAddressChanges()
    {
        var link = new Link(seed: 9);
        link.Run(TimeSpan.FromSeconds(5));
        link.ClientAddress = TransportAddress.From(IPEndPoint.Parse("[2001:db8::9]:1234"));
        link.Run(TimeSpan.FromSeconds(7));
        Assert.Equal(link.ClientAddress, link.Agent.Remote);
        Assert.Equal(1, link.Moves);
    }

    /// <summary>Two agents, a queue of datagrams on their way, and the time.</summary>
    private sealed class Link
    {
        private static readonly IceCredentials Client = new("client+2", "the password of the client");
        private static readonly IceCredentials Server = new("server/1", "the password of the server");

        private readonly PriorityQueue<(byte[] Bytes, TransportAddress? From), long> _onTheWay = new();
        private readonly Random _random;

        public Link(int seed)
        {
            _random = new Random(seed);
            Controller = new IceController(
                Client, Server, TransportAddress.From(IPEndPoint.Parse("192.0.2.1:18443")), (ulong)_random.NextInt64());
            Controller.Start(Now);
        }

        public IceLiteAgent Agent { get; } = new(Server, Client);

        public IceController Controller { get; }

        public TransportAddress ClientAddress { get; set; } = TransportAddress.From(IPEndPoint.Parse("192.0.2.7:5000"));

        public double Loss { get; set; }

        public Instant Now { get; private set; } = new(1_000_000_000);

        public int FirstPaths { get; private set; }

        public int Moves { get; private set; }

        public void Run(TimeSpan duration)
        {
            var end = Now + duration;
            var buffer = new byte[IceController.MaxRequestLength];
            while (true)
            {
                var arrival = _onTheWay.TryPeek(out _, out var due) ? new Instant(due) : Instant.Never;
                var next = Instant.Earlier(arrival, Controller.NextTick);
                if (next > end) break;
                Now = next;
                if (arrival <= Controller.NextTick) Deliver(_onTheWay.Dequeue());
                else Send(buffer.AsSpan(0, Controller.Tick(Now, buffer)), ClientAddress);
            }

            Now = end;
        }

        private void Send(ReadOnlySpan<byte> bytes, TransportAddress? from)
        {
            if (bytes.IsEmpty || _random.NextDouble() < Loss) return;
            // 5–60 ms: more than the first interval between repeats, so that answers cross repeated checks.
            _onTheWay.Enqueue((bytes.ToArray(), from), Now.Ticks + TimeSpan.FromMilliseconds(_random.Next(5, 60)).Ticks);
        }

        private void Deliver((byte[] Bytes, TransportAddress? From) datagram)
        {
            Assert.True(StunReader.TryRead(datagram.Bytes, out var message));
            if (datagram.From is not { } from)
            {
                Controller.Receive(Now, message);
                return;
            }

            var response = new byte[IceLiteAgent.MaxResponseLength];
            var verdict = Agent.Receive(Now, message, from, response, out var length, out var dropped);
            Assert.Equal(DropReason.None, dropped);
            if (verdict == IceVerdict.FirstPath) FirstPaths++;
            if (verdict == IceVerdict.PathMoved) Moves++;
            Send(response.AsSpan(0, length), from: null);
        }
    }
}
