using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class RtcEngineTests
{
    private static readonly Ssrc Camera = new(1_000);

    [Fact]
    public void APeerThatRoamsThroughManyAddressesIsStillHeardAtTheOneInUse()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        for (ushort i = 0; i < 20; i++)
        {
            rig.Now += TimeSpan.FromMilliseconds(100);
            rig.Check(teacher, TransportAddress.FromIPv4(0x7F00_0002, (ushort)(30_000 + i)));   // none of them is nominated
        }

        rig.SendRtp(teacher, Camera, 1, [0x10, 0, 0, 0]);
        Assert.Equal(0, rig.Engine.Drops[DropReason.UnknownAddress]);
        Assert.Equal(1, rig.Engine.Counters.PacketsReceived);
    }

    [Fact]
    public void OfManyAddressesThoseThatWereCheckedLastAreKnown()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        var student = rig.Watcher(2);
        var second = TransportAddress.FromIPv4(0x7F00_0002, 29_999);
        for (ushort i = 0; i < 20; i++)
        {
            rig.Now += TimeSpan.FromMilliseconds(100);
            rig.Check(teacher, second);
            rig.Check(teacher, TransportAddress.FromIPv4(0x7F00_0002, (ushort)(30_000 + i)));
            rig.Check(student, second);   // who holds an address keeps others from claiming it
        }

        Assert.Equal(20, rig.Engine.Drops[DropReason.UnknownAddress]);
    }

    [Fact]
    public void OneNackCostsABoundedNumberOfAnswers()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        var student = rig.Watcher(2);
        rig.SendRtp(teacher, Camera, 1, [0x10, 0, 0, 0]);
        Assert.Equal(1, rig.Engine.Counters.Members.PacketsForwarded);

        rig.SendNack(student, new Ssrc(1), [.. Enumerable.Range(40_000, 2_000).Select(number => new SequenceNumber((ushort)number))]);
        Assert.Equal(256, rig.Engine.Counters.Members.ResendsMissed);
        rig.SendNack(student, new Ssrc(1), [new SequenceNumber(40_000)]);   // the next one is heard again
        Assert.Equal(257, rig.Engine.Counters.Members.ResendsMissed);
    }

    [Fact]
    public void KeysForATransportThatIsGoneAreDisposed()
    {
        var rig = new EngineRig();
        var student = rig.Watcher(2);
        rig.Apply(new CloseTransport(student.Id, CloseReason.Requested));
        var late = EngineRig.Session();
        rig.Apply(new DtlsConnected(student.Id, late));
        Assert.True(IsDisposed(late));
    }

    [Fact]
    public void ASecondSetOfKeysIsDisposedAndTheFirstStaysInUse()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        var student = rig.Watcher(2);
        var second = EngineRig.Session();
        rig.Apply(new DtlsConnected(teacher.Id, second));
        Assert.True(IsDisposed(second));

        rig.SendRtp(teacher, Camera, 1, [0x10, 0, 0, 0]);
        Assert.Equal(1, rig.Engine.Counters.Members.PacketsForwarded);
        Assert.Equal(0, rig.Engine.Drops[DropReason.SrtpAuthentication]);
    }

    /// <summary>Quiet watchers are not looked at on every turn of the grid: what ends meanwhile ends in time.</summary>
    [Fact]
    public void AWatcherWhoseConsentEndsIsClosedOnTheNextTurnOfTheGrid()
    {
        var rig = new EngineRig();
        var student = rig.Watcher(2);
        rig.Tick();
        rig.Now += TimeSpan.FromMilliseconds(330);
        rig.Check(student, student.Address);
        var granted = rig.Now;
        while (rig.Engine.Counters.Transports > 0 && rig.Now - granted < TimeSpan.FromSeconds(40))
        {
            rig.Now += TimeSpan.FromMilliseconds(20);
            rig.Tick();
        }

        Assert.InRange(rig.Now - granted, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30) + TimeSpan.FromMilliseconds(40));
    }

    /// <summary>Whoever answers our hello, and then sends nothing but checks, may not even have our last flight.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void APeerIsSentMediaForLongOnlyIfItShowsThatItHasTheKeys(bool hasLastWord, bool reports)
    {
        var rig = new EngineRig(isGuarded: true);
        var student = rig.Connect(rig.Watcher(2, connects: false), isProven: false);
        if (hasLastWord)
        {
            rig.Apply(new DtlsProven(student.Id));
        }

        for (var i = 0; i < 40; i++)
        {
            rig.Now += TimeSpan.FromSeconds(1);
            rig.Check(student, student.Address);
            if (reports && i == 20)
            {
                rig.SendPli(student, new Ssrc(1));
            }

            rig.Tick();
            Assert.Equal(hasLastWord || reports || i < 30 ? 1 : 0, rig.Engine.Counters.Transports);
        }

        Assert.Equal(!hasLastWord && !reports, rig.Events().Contains(new TransportClosed(student.Id, CloseReason.NeverConnected)));
    }

    /// <summary>What comes before it, the peer cannot read.</summary>
    [Fact]
    public void NothingOvertakesTheLastFlightOfTheHandshake()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        rig.SendRtp(teacher, Camera, 1, [0x10, 0, 0, 0]);   // a key frame, which late comers get at once
        var student = rig.Watcher(2, connects: false);
        rig.Check(student, student.Address);
        rig.Sent.Clear();
        rig.Apply(new DtlsConnected(student.Id, student.Session) { LastFlight = [[22, 1], [22, 2]] });
        rig.Tick();

        Assert.Equal([22, 22], rig.Sent.Where(sent => sent.To == student.Address).Take(2).Select(sent => (int)sent.Datagram[0]));
        Assert.NotEmpty(rig.NumbersTo(student));
    }

    [Fact]
    public void AHandshakeThatFailsAfterItsKeysWereThereEndsTheMedia()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        var student = rig.Connect(rig.Watcher(2, connects: false), isProven: false);
        rig.SendRtp(teacher, Camera, 1, [0x10, 0, 0, 0]);
        Assert.Single(rig.NumbersTo(student));

        rig.Apply(new DtlsClosed(student.Id, CloseReason.HandshakeFailed));
        rig.SendRtp(teacher, Camera, 2, [0x10, 0, 0, 0]);
        Assert.Single(rig.NumbersTo(student));
        Assert.True(IsDisposed(student.Session));
    }

    [Fact]
    public void AClosedTransportsKeysAreDisposed()
    {
        var rig = new EngineRig();
        var student = rig.Watcher(2, connects: false);
        var session = EngineRig.Session();
        rig.Apply(new DtlsConnected(student.Id, session));
        Assert.False(IsDisposed(session));
        rig.Apply(new CloseTransport(student.Id, CloseReason.Requested));
        Assert.True(IsDisposed(session));
    }

    [Fact]
    public void ClosingARoomCostsAsMuchForEachPeerWhateverItsSize()
    {
        CostOfClosing(50);   // warms up
        var (small, large) = (CostOfClosing(200), CostOfClosing(800));
        Assert.True(large < 8 * small, $"{large} bytes for 800 watchers, {small} for 200");
    }

    [Fact]
    public void ThoseWhoExpireTogetherLeaveTheOthersTheirPicture()
    {
        var rig = new EngineRig();
        var teacher = rig.Publisher(1, Camera);
        for (var i = 2; i < 50; i++)
        {
            rig.Watcher(i);
        }

        var staying = rig.Watcher(50);
        for (var second = 0; second < 32; second++)
        {
            rig.Now += TimeSpan.FromSeconds(1);
            rig.Check(teacher, teacher.Address);
            rig.Check(staying, staying.Address);
            rig.Tick();
        }

        Assert.Equal(2, rig.Engine.Counters.Transports);
        rig.Sent.Clear();
        rig.SendRtp(teacher, Camera, 1, [0x10, 0, 0, 0]);
        Assert.Equal(staying.Address, Assert.Single(rig.Sent).To);
    }

    // In bytes allocated: what choosing anew costs shows there, and no clock is needed.
    private static long CostOfClosing(int watchers)
    {
        var rig = new EngineRig();
        rig.Publisher(1, Camera);
        for (var i = 0; i < watchers; i++)
        {
            rig.Watcher(i + 2, slots: 3);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        rig.Apply(new CloseRoom(rig.Room));
        Assert.Equal(0, rig.Engine.Counters.Transports);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static bool IsDisposed(SrtpSession session) =>
        Record.Exception(() => session.Outbound.ProtectRtcp(new byte[8], new byte[64])) is ObjectDisposedException;
}
