using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;

namespace Streaming.Server.Media;

/// <summary>Who comes into a class's room.</summary>
internal enum MediaPlace
{
    /// <summary>Sends; always on the class's first worker.</summary>
    Publisher,

    /// <summary>A member who watches; on whichever of the class's workers has room.</summary>
    Viewer,

    /// <summary>Watches unseen: takes no turn and no room, and lets no further worker join in.</summary>
    Observer,
}

/// <summary>A place that somebody holds in a class's room, to be given back by <see cref="MediaRooms.Leave"/>.</summary>
internal sealed class MediaSeat
{
    internal MediaSeat(MediaRoom room, RtcWorker worker, MediaPlace place) => (Room, Worker, Place) = (room, worker, place);

    /// <summary>The worker that carries the session.</summary>
    public RtcWorker Worker { get; }

    internal MediaRoom Room { get; }

    internal MediaPlace Place { get; }
}

/// <summary>Which room on which workers carries the media of which class.</summary>
/// <remarks>
/// A room is opened with its first session and closed with its last. A class that has more viewers than one worker is to carry is shown by
/// further workers too. The lock covers a look-up and the posting of some commands, so that a worker always hears of a room before it
/// hears of a transport in it.
/// <para>
/// The first member gets the worker that the class would have if nobody watched unseen. Observers who are there already, in a room without
/// a member, watch nothing yet: when their room lies on another worker it is closed, and they come again.
/// </para>
/// </remarks>
/// <param name="pool">The workers.</param>
/// <param name="viewersPerWorker">How many viewers of one class a worker takes while there is another one.</param>
internal sealed class MediaRooms(RtcWorkerPool pool, int viewersPerWorker)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MediaRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>How many classes have a session, or one in negotiation.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _rooms.Count;
            }
        }
    }

    /// <summary>Admits a transport into the class's room, which is opened when it is the first.</summary>
    /// <param name="class">The class.</param>
    /// <param name="place">Who comes.</param>
    /// <param name="negotiate">Answers the offer for the worker that is to carry it; false leaves everything as it was.</param>
    /// <param name="admit">Makes the command from the room; called inside the lock, so quick.</param>
    /// <returns>The seat, or null when negotiation refused.</returns>
    public MediaSeat? Enter(string @class, MediaPlace place, Func<MediaSeat, bool> negotiate, Func<RoomId, RtcCommand> admit)
    {
        var seat = Hold(@class, place);
        var agreed = false;
        try
        {
            agreed = negotiate(seat);
        }
        finally
        {
            if (!agreed)
            {
                Leave(seat);
            }
        }

        if (!agreed)
        {
            return null;
        }

        lock (_lock)
        {
            // A room that was closed meanwhile refuses the transport, and whoever wanted it hears that like of any other end.
            seat.Room.Open(seat.Worker);
            seat.Worker.Post(admit(seat.Room.Id));
        }

        return seat;
    }

    /// <summary>Notes that a session is over.</summary>
    public void Leave(MediaSeat seat)
    {
        lock (_lock)
        {
            var room = seat.Room;
            room.Leave(seat.Worker, seat.Place);
            if (room.Sessions == 0)
            {
                room.Close();
                if (_rooms.GetValueOrDefault(room.Class) == room)
                {
                    _rooms.Remove(room.Class);
                }
            }
        }
    }

    // Negotiation takes place outside the lock; until it is done the room is held like by a session.
    private MediaSeat Hold(string @class, MediaPlace place)
    {
        lock (_lock)
        {
            var isObserver = place == MediaPlace.Observer;
            var room = _rooms.GetValueOrDefault(@class);
            if (room is null || (!isObserver && room.Members == 0))
            {
                var home = pool.PickWorker(isObserver);
                if (room?.Home != home)
                {
                    room?.Close();
                    _rooms[@class] = room = new MediaRoom(@class, pool.NextRoomId(), home);
                }
            }

            return new MediaSeat(room, room.Enter(place, pool, viewersPerWorker), place);
        }
    }
}
