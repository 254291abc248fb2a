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

        Assert.Null(rooms.Enter("math", _ => false, NeverAdmits));
        Assert.Throws<InvalidOperationException>(() => rooms.Enter("math", _ => throw new InvalidOperationException(), NeverAdmits));
        Assert.Equal(0, rooms.Count);

        Assert.NotNull(rooms.Enter("math", _ => true, _ => new CloseTransport(pool.NextTransportId(), CloseReason.Requested)));
        Assert.Throws<InvalidOperationException>(() => rooms.Enter("math", _ => throw new InvalidOperationException(), NeverAdmits));
        Assert.Equal(1, rooms.Count);
        rooms.Leave("math");
        Assert.Equal(0, rooms.Count);
    }

    private static RtcCommand NeverAdmits(RoomId room) => throw new InvalidOperationException($"Nobody goes into {room}.");
}
