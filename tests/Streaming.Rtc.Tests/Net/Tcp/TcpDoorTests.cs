using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Net.Tcp;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Tests.Net.Tcp;

/// <summary>Whoever comes by TCP and is of no use is counted and sent away.</summary>
public sealed class TcpDoorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly RtcOptions OnLoopback = new() { Address = IPAddress.Loopback, FirstPort = 0, Workers = 1 };
    private static readonly TcpLimits Impatient = new() { CheckWithin = TimeSpan.FromMilliseconds(300) };

    [Theory]
    [InlineData(new byte[] { 0, 4, 1, 2, 3, 4 }, TcpEnd.Stranger)]
    [InlineData(new byte[] { 22, 3, 1, 2, 0 }, TcpEnd.Broken)]                        // TLS
    [InlineData(new byte[] { (byte)'G', (byte)'E', (byte)'T', (byte)' ' }, TcpEnd.Broken)]
    [InlineData(new byte[] { 0xFF, 0xFF }, TcpEnd.Broken)]
    [InlineData(new byte[] { 0 }, TcpEnd.Unchecked)]
    [InlineData(new byte[] { 0, 100, 0, 1, 0, 80 }, TcpEnd.Unchecked)]                // and never the rest
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0 }, TcpEnd.Unchecked)]
    public async Task GarbageEndsTheConnection(byte[] bytes, TcpEnd expected)
    {
        await using var pool = RtcWorkerPool.Start(OnLoopback with { Tcp = Impatient }, NullLoggerFactory.Instance);
        using var stranger = Connect(pool);
        await stranger.SendAsync(bytes);

        Assert.Equal(0, await ReadAsync(stranger));
        Await(() => pool.Tcp[expected] == 1 && pool.TcpConnections == 0);
        Assert.Equal(0, pool.Workers[0].Drops.Total);
    }

    [Fact]
    public async Task WhoeverSaysNothingIsSentAway()
    {
        await using var pool = RtcWorkerPool.Start(OnLoopback with { Tcp = Impatient }, NullLoggerFactory.Instance);
        using var silent = Connect(pool);

        Assert.Equal(0, await ReadAsync(silent));
        Await(() => pool.Tcp[TcpEnd.Unchecked] == 1 && pool.TcpConnections == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ACheckForNobodyIsNoCheckHoweverOftenItIsSent(bool forOurWorker)
    {
        await using var pool = RtcWorkerPool.Start(OnLoopback with { Tcp = Impatient }, NullLoggerFactory.Instance);
        using var guesser = Connect(pool);
        var check = Frame(Check(forOurWorker ? pool.Workers[0].NewCredentials() : WorkerFragment.Generate(200)));
        await guesser.SendAsync(check);
        if (forOurWorker)
        {
            await guesser.SendAsync(check);
            Await(() => pool.Workers[0].Drops[DropReason.StunUnknownUser] == 2);
        }

        Assert.Equal(0, await ReadAsync(guesser));
        Await(() => pool.Tcp[forOurWorker ? TcpEnd.Unchecked : TcpEnd.Stranger] == 1 && pool.TcpConnections == 0);
    }

    [Fact]
    public async Task TooManyAreNotTakenAndAPlaceThatIsFreeIsGivenAgain()
    {
        var limits = new TcpLimits { UncheckedPerNetwork = 3, CheckWithin = Patience };
        await using var pool = RtcWorkerPool.Start(OnLoopback with { Tcp = limits }, NullLoggerFactory.Instance);
        List<Socket> inside = [Connect(pool), Connect(pool), Connect(pool)];
        Await(() => pool.TcpConnections == 3);
        using var refused = Connect(pool);
        Assert.Equal(0, await ReadAsync(refused));
        Assert.Equal((1, 3), (pool.Tcp[TcpEnd.Refused], pool.TcpConnections));

        inside[0].Dispose();
        Await(() => pool.TcpConnections == 2);
        using var later = Connect(pool);
        Await(() => pool.TcpConnections == 3);
        inside.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task TheCandidatesNameTheOnePortOfAllWorkersBehindTheirOwn()
    {
        await using var pool = RtcWorkerPool.Start(OnLoopback with { Workers = 2 }, NullLoggerFactory.Instance);
        Assert.All(pool.Workers, worker => Assert.Equal(
            [$"udp 2130706431 127.0.0.1 {worker.LocalEndPoint.Port} typ host", $"tcp 1520435199 127.0.0.1 {pool.TcpEndPoint!.Port} typ host tcptype passive"],
            worker.Candidates.Select(candidate => candidate.ToSdp().Split(' ', 3)[2])));
        Assert.True(pool.IsTcpRunning);
    }

    [Fact]
    public async Task WithoutAPortThereIsNoCandidate()
    {
        await using var pool = RtcWorkerPool.Start(OnLoopback with { TcpPort = -1 }, NullLoggerFactory.Instance);
        Assert.Null(pool.TcpEndPoint);
        Assert.True(pool.IsTcpRunning);
        Assert.False(Assert.Single(pool.Workers[0].Candidates).IsTcp);
    }

    [Fact]
    public void ATakenPortIsNamedTogetherWithTheOption()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var error = Assert.Throws<InvalidOperationException>(() => RtcWorkerPool.Start(OnLoopback with { TcpPort = port }, NullLoggerFactory.Instance));
        Assert.Contains($"TCP port {port} of 127.0.0.1 is in use", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(RtcOptions.TcpPort), error.Message, StringComparison.Ordinal);
    }

    private static Socket Connect(RtcWorkerPool pool)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(pool.TcpEndPoint!);
        return socket;
    }

    // 0 when the other side has closed it, by a reset or otherwise.
    private static async Task<int> ReadAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Patience);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static byte[] Check(IceCredentials receiver)
    {
        var message = new byte[200];
        var writer = StunWriter.Request(message, new byte[12]);
        writer.AddUsername(Encoding.ASCII.GetBytes($"{receiver.Ufrag}:abcd"));
        return message[..writer.Finish(Encoding.ASCII.GetBytes(receiver.Password))];
    }

    private static byte[] Frame(byte[] datagram) => [(byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram];

    private static void Await(Func<bool> happened) => Assert.True(SpinWait.SpinUntil(happened, Patience), "It does not happen.");
}
