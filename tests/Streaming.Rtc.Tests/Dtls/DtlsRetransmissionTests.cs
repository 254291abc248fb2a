using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Tests.Dtls;

public sealed class DtlsRetransmissionTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    public void HandshakesCompleteOverALinkThatLosesDoublesAndReorders(double loss)
    {
        var connected = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            using var link = new DtlsLink(seed) { Loss = loss, Doubling = 0.2, Jitter = TimeSpan.FromMilliseconds(150) };
            link.Connect();
            if (!link.BothConnected)
                continue;

            DtlsTransportTests.AssertKeysFit(link);
            connected++;
        }

        // At half the datagrams lost, a client can be unlucky for the whole 30 s after its server has finished.
        Assert.InRange(connected, loss < 0.5 ? 60 : 56, 60);
    }

    [Fact]
    public void ReorderingAloneNeedsNoLuck()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            using var link = new DtlsLink(seed) { Doubling = 0.5, Jitter = TimeSpan.FromMilliseconds(400) };
            link.Connect();
            Assert.True(link.BothConnected);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ALostFlightCostsOneRepeat(int lost)
    {
        using var link = new DtlsLink();
        var count = 0;
        link.Filter = (_, _) => count++ != lost;
        link.Connect();

        Assert.True(link.BothConnected);
        Assert.Equal(TimeSpan.FromMilliseconds(100), link.Now - default(Instant));
    }

    [Fact]
    public void RepeatsDoubleFrom100MillisecondsTo3SecondsAndEndAfter30Seconds()
    {
        using var link = new DtlsLink();
        var times = new List<TimeSpan>();
        link.Filter = (_, _) =>
        {
            times.Add(link.Now - default(Instant));
            return false;
        };
        link.Start();
        link.Run(TimeSpan.FromMinutes(2));

        int[] expected = [0, 100, 300, 700, 1_500, 3_100, 6_100, 9_100, 12_100, 15_100, 18_100, 21_100, 24_100, 27_100];
        Assert.Equal(expected, times.Select(time => (int)time.TotalMilliseconds));
        Assert.Equal((DtlsState.Failed, DtlsFailure.TimedOut), (link.Client.State, link.Client.Failure));
        Assert.Equal((DtlsState.Failed, DtlsFailure.TimedOut), (link.Server.State, link.Server.Failure));
        Assert.Equal(TimeSpan.FromSeconds(30), link.Now - default(Instant));
    }

    [Fact]
    public void AServerThatLostItsLastFlightAnswersEveryRepeat()
    {
        using var link = new DtlsLink();
        var lastFlights = 0;
        link.Filter = (from, _) => from != link.Server || link.Server.State != DtlsState.Connected || ++lastFlights > 5;
        link.Connect();
        DtlsTransportTests.AssertKeysFit(link);
        Assert.Equal(6, lastFlights);
    }

    [Fact]
    public void AChangeCipherSpecThatOvertakesItsFlightIsNotLostForEver()
    {
        // The client's flight is split at its records and sent backwards, every time: only the copies together make a handshake.
        using var link = new DtlsLink();
        var pieces = new Queue<byte[]>();
        link.Filter = (from, datagram) =>
        {
            if (from == link.Server || link.Server.State == DtlsState.Connected || datagram[13] == 1)
                return true;

            var records = Split(datagram);
            records.Reverse();
            foreach (var record in records)
                pieces.Enqueue(record);
            return false;
        };
        link.Start();
        for (var round = 0; round < 40 && !link.BothConnected; round++)
        {
            while (pieces.TryDequeue(out var piece))
                link.Server.Receive(link.Now, piece);
            link.Run(TimeSpan.FromMilliseconds(500), () => pieces.Count > 0 || link.BothConnected);
        }

        DtlsTransportTests.AssertKeysFit(link);
    }

    [Fact]
    public void NoPlaintextRecordNumberIsUsedTwice()
    {
        using var link = new DtlsLink();
        link.Filter = (from, _) => link.Sent.Count(sent => sent.From == from) % 3 == 0;
        link.Connect();
        Assert.True(link.BothConnected);
        Assert.True(link.Sent.Count > 8);
        foreach (var end in (DtlsTransport[])[link.Server, link.Client])
        {
            var numbers = link.Sent
                .Where(sent => sent.From == end)
                .SelectMany(sent => Split(sent.Datagram))
                .Where(record => record[4] == 0)
                .Select(record => Convert.ToHexString(record, 5, 6))
                .ToArray();
            Assert.Equal(numbers.Distinct(), numbers);
        }
    }

    [Fact]
    public void ARepeatedFlightIsAnsweredOncePerPauseHoweverOftenItComes()
    {
        using var link = new DtlsLink();
        link.Connect();
        var flight = link.Sent[2].Datagram;
        for (var i = 0; i < 1_000; i++)
            link.Server.Receive(link.Now, flight);

        var answers = 0;
        while (link.Server.TryTakeOutgoing(new byte[1_500], out _))
            answers++;
        Assert.Equal(1, answers);
    }

    internal static List<byte[]> Split(byte[] datagram)
    {
        var records = new List<byte[]>();
        for (var at = 0; at < datagram.Length;)
        {
            var length = DtlsRecords.HeaderLength + (datagram[at + 11] << 8) + datagram[at + 12];
            records.Add(datagram[at..(at + length)]);
            at += length;
        }

        return records;
    }
}
