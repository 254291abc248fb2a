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
        var rooms = new MediaRooms(pool);

        Assert.Null(rooms.Enter("math", false, _ => false, NeverAdmits));
        Assert.Throws<InvalidOperationException>(() => rooms.Enter("math", false, _ => throw new InvalidOperationException(), NeverAdmits));
        Assert.Equal(0, rooms.Count);

        Assert.NotNull(rooms.Enter("math", false, _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested)));
        Assert.Throws<InvalidOperationException>(() => rooms.Enter("math", false, _ => throw new InvalidOperationException(), NeverAdmits));
        Assert.Equal(1, rooms.Count);
        rooms.Leave("math");
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
            var rooms = new MediaRooms(pool);
            if (observed)
            {
                Enter("art", observer: true);
            }

            var math = Enter("math", observer: false);
            Enter("art", observer: false);
            return [math, Enter("music", observer: false)];

            int Enter(string @class, bool observer) =>
                rooms.Enter(@class, observer, _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested))!.Index;
        }
    }

    private static RtcCommand NeverAdmits(RoomId room) => throw new InvalidOperationException($"Nobody goes into {room}.");
}
