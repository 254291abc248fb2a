using Microsoft.Extensions.Logging.Abstractions;
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

        var worker = rooms.Enter("math", MediaPlace.Viewer, _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested));
        Assert.Throws<InvalidOperationException>(() => rooms.Enter("math", MediaPlace.Viewer, _ => throw new InvalidOperationException(), NeverAdmits));
        Assert.Equal(1, rooms.Count);
        rooms.Leave("math", worker!, MediaPlace.Viewer);
        Assert.Equal(0, rooms.Count);
    }

    [Fact]
    public async Task AClassThatAnObserverOpenedFirstChangesNoOtherClassesWorker()
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

            var math = Enter("math", observer: false);
            Enter("art", observer: false);
            return [math, Enter("music", observer: false)];

            int Enter(string @class, bool observer) =>
                rooms.Enter(@class, observer ? MediaPlace.Observer : MediaPlace.Viewer, _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested))!.Index;
        }
    }

    [Fact]
    public async Task AClassWithMoreViewersThanAWorkerTakesIsShownByTheNextAndObserversNeverCount()
    {
        await using var pool = RtcWorkerPool.Start(
            new RtcOptions { Address = System.Net.IPAddress.Loopback, FirstPort = 0, Workers = 3 }, NullLoggerFactory.Instance);
        var rooms = new MediaRooms(pool, viewersPerWorker: 2);
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

        rooms.Leave("math", home, MediaPlace.Viewer);
        rooms.Leave("math", home, MediaPlace.Viewer);
        Assert.Equal(home, Enter(MediaPlace.Viewer));   // a place that became free is taken first
        rooms.Leave("math", second, MediaPlace.Viewer);
        rooms.Leave("math", second, MediaPlace.Viewer);
        Assert.Equal(home, Enter(MediaPlace.Publisher));

        RtcWorker Enter(MediaPlace place) =>
            rooms.Enter("math", place, _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested))!;
    }

    private static RtcCommand NeverAdmits(RoomId room) => throw new InvalidOperationException($"Nobody goes into {room}.");
}
