using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;
using Streaming.Server.Media;

namespace Streaming.Server.Tests.Media;

public sealed class MediaRoomsTests
{
    [Fact]
    public async Task ARoomGoesWithItsLastSessionAlsoWhenANegotiationRefusesOrFails()
    {
        await using var pool = RtcWorkerPool.Start(
            new RtcOptions { Address = System.Net.IPAddress.Loopback, FirstPort = 0, Workers = 1 }, NullLoggerFactory.Instance);
        var rooms = new MediaRooms(pool, viewersPerWorker: 400);

        Assert.Null(rooms.Enter("math", MediaPlace.Viewer, _ => false, NeverAdmits));
        Assert.Throws<InvalidOperationException>(() => rooms.Enter("math", MediaPlace.Viewer, _ => throw new InvalidOperationException(), NeverAdmits));
        Assert.Equal(0, rooms.Count);

        var seat = rooms.Enter("math", MediaPlace.Viewer, _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested));
        Assert.Throws<InvalidOperationException>(() => rooms.Enter("math", MediaPlace.Viewer, _ => throw new InvalidOperationException(), NeverAdmits));
        Assert.Equal(1, rooms.Count);
        rooms.Leave(seat!);
        Assert.Equal(0, rooms.Count);
    }

    [Fact]
    public async Task AnObserverWhoCameFirstChangesNoClassesWorker()
    {
        Assert.Equal(await PortsAsync(observed: false), await PortsAsync(observed: true));

        static async Task<int[]> PortsAsync(bool observed)
        {
            await using var pool = RtcWorkerPool.Start(
                new RtcOptions { Address = System.Net.IPAddress.Loopback, FirstPort = 0, Workers = 3 }, NullLoggerFactory.Instance);
            var rooms = new MediaRooms(pool, viewersPerWorker: 400);
            if (observed)
            {
                Enter("art", observer: true);
            }

            return [Enter("math", observer: false), Enter("art", observer: false), Enter("music", observer: false)];

            int Enter(string @class, bool observer) =>
                rooms.Enter(@class, observer ? MediaPlace.Observer : MediaPlace.Viewer, _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested))!.Worker.Index;
        }
    }

    [Fact]
    public async Task ATeacherWhoReloadsGetsTheSamePortsWhetherSomebodyWatchesUnseenOrNot()
    {
        var alone = await PortsAsync(observed: false);
        Assert.True(alone.Distinct().Count() > 1, "Nothing could be told from ports that never change.");
        Assert.Equal(alone, await PortsAsync(observed: true));

        static async Task<List<int>> PortsAsync(bool observed)
        {
            await using var pool = RtcWorkerPool.Start(
                new RtcOptions { Address = System.Net.IPAddress.Loopback, FirstPort = 0, Workers = 3 }, NullLoggerFactory.Instance);
            var rooms = new MediaRooms(pool, viewersPerWorker: 400);
            var ports = new List<int>();
            MediaSeat? unseen = null;
            for (var i = 0; i < 5; i++)
            {
                var teacher = Enter(MediaPlace.Publisher);
                ports.Add(teacher.Worker.Index);
                if (observed)
                {
                    // Its room may have been closed under it: then it comes again.
                    var again = Enter(MediaPlace.Observer);
                    Assert.Equal(teacher.Worker, again.Worker);
                    if (unseen is not null)
                    {
                        rooms.Leave(unseen);
                    }

                    unseen = again;
                }

                rooms.Leave(teacher);
                Assert.Equal(observed ? 1 : 0, rooms.Count);
            }

            return ports;

            MediaSeat Enter(MediaPlace place) =>
                rooms.Enter("math", place, _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested))!;
        }
    }

    [Fact]
    public async Task AnObserverInAnEmptyRoomIsSentToTheFirstMembersWorkerAndKeepsItsSeatOtherwise()
    {
        await using var pool = RtcWorkerPool.Start(
            new RtcOptions { Address = System.Net.IPAddress.Loopback, FirstPort = 0, Workers = 2 }, NullLoggerFactory.Instance);
        var rooms = new MediaRooms(pool, viewersPerWorker: 400);
        var (unseen, first) = Watch(MediaPlace.Observer);
        pool.PickWorker();   // another class takes the turn that this one would have had
        var (student, _) = Watch(MediaPlace.Viewer);

        Assert.NotEqual(unseen.Worker, student.Worker);
        Assert.Equal(new TransportClosed(first, CloseReason.RoomClosed), await NextAsync());
        rooms.Leave(unseen);
        var (again, second) = Watch(MediaPlace.Observer);
        Assert.Equal(student.Worker, again.Worker);

        // While a member is there, others come and go without it.
        var (other, _) = Watch(MediaPlace.Viewer);
        rooms.Leave(other);
        again.Worker.Post(new CloseTransport(second, CloseReason.Requested));
        Assert.Equal(new TransportClosed(second, CloseReason.Requested), await NextAsync());

        (MediaSeat Seat, TransportId Transport) Watch(MediaPlace place)
        {
            var transport = pool.NextTransportId();
            return (rooms.Enter("math", place, _ => true, room => new AddWatcher(transport, room, Anybody(), place == MediaPlace.Observer))!, transport);
        }

        async Task<RtcEvent> NextAsync() => await pool.Events.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AClassWithMoreViewersThanAWorkerTakesIsShownByTheNextAndObserversNeverCount()
    {
        await using var pool = RtcWorkerPool.Start(
            new RtcOptions { Address = System.Net.IPAddress.Loopback, FirstPort = 0, Workers = 3 }, NullLoggerFactory.Instance);
        var rooms = new MediaRooms(pool, viewersPerWorker: 2);
        var seats = new List<MediaSeat>();
        var home = Enter(MediaPlace.Publisher);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(home, Enter(MediaPlace.Observer));
        }

        Assert.Equal([home, home], [Enter(MediaPlace.Viewer), Enter(MediaPlace.Viewer)]);
        var second = Enter(MediaPlace.Viewer);
        Assert.NotEqual(home, second);
        Assert.Equal(second, Enter(MediaPlace.Viewer));
        var third = Enter(MediaPlace.Viewer);
        Assert.DoesNotContain(third, new[] { home, second });
        Assert.Equal(third, Enter(MediaPlace.Viewer));
        Assert.Equal(home, Enter(MediaPlace.Viewer));   // all are full: nobody is turned away
        Assert.Equal(home, Enter(MediaPlace.Publisher));
        Assert.Equal(home, Enter(MediaPlace.Observer));

        Leave(home);
        Leave(home);
        Assert.Equal(home, Enter(MediaPlace.Viewer));   // a place that became free is taken first
        Leave(second);
        Leave(second);
        var ended = new[] { await NextAsync(), await NextAsync() };
        Assert.All(ended, happened => Assert.Equal(CloseReason.RoomClosed, ((TransportClosed)happened).Reason));   // it does not show the class any more
        Assert.Equal(second, Enter(MediaPlace.Viewer));

        RtcWorker Enter(MediaPlace place)
        {
            seats.Add(rooms.Enter(
                "math", place, _ => true, room => new AddWatcher(pool.NextTransportId(), room, Anybody(), place == MediaPlace.Observer))!);
            return seats[^1].Worker;
        }

        void Leave(RtcWorker worker)
        {
            var seat = seats.First(seat => seat.Worker == worker && seat.Place == MediaPlace.Viewer);
            seats.Remove(seat);
            rooms.Leave(seat);
        }

        async Task<RtcEvent> NextAsync() => await pool.Events.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static RtcCommand NeverAdmits(RoomId room) => throw new InvalidOperationException($"Nobody goes into {room}.");

    private static WatchParameters Anybody() =>
        new(new PeerParameters(IceCredentials.Generate(), IceCredentials.Generate(), new byte[32]), "class", []);
}
