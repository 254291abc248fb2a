using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;

namespace Streaming.Server.Media;

/// <summary>Which room on which worker carries the media of which class.</summary>
/// <remarks>
/// A room is opened with its first session and closed with its last. The lock covers a look-up and the posting of two commands, so that
/// a worker always hears of a room before it hears of a transport in it.
/// </remarks>
internal sealed class MediaRooms(RtcWorkerPool pool)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _rooms = new(StringComparer.Ordinal);

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
    /// <param name="observer">An observer's transport: it takes no turn in the choice of workers.</param>
    /// <param name="admit">Makes the command from the room; called inside the lock, so quick.</param>
    /// <param name="negotiate">Answers the offer for the worker that carries the class; false leaves everything as it was.</param>
    /// <returns>The worker, or null when negotiation refused.</returns>
    public RtcWorker? Enter(string @class, bool observer, Func<RtcWorker, bool> negotiate, Func<RoomId, RtcCommand> admit)
    {
        var worker = WorkerOf(@class, observer);
        var agreed = false;
        try
        {
            agreed = negotiate(worker);
        }
        finally
        {
            if (!agreed)
            {
                Release(@class);
            }
        }

        if (!agreed)
        {
            return null;
        }

        lock (_lock)
        {
            var entry = _rooms[@class];
            if (!entry.IsOpen)
            {
                entry.IsOpen = true;
                worker.Post(new OpenRoom(entry.Room));
            }

            worker.Post(admit(entry.Room));
        }

        return worker;
    }

    /// <summary>Notes that a session of the class is over.</summary>
    public void Leave(string @class) => Release(@class);

    // Negotiation takes place outside the lock; until it is done the entry is held like by a session.
    private RtcWorker WorkerOf(string @class, bool observer)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(@class, out var entry))
            {
                entry = new Entry(pool.NextRoomId(), pool.PickWorker(observer)) { TookTurn = !observer };
                _rooms.Add(@class, entry);
            }
            else if (!observer && !entry.TookTurn)
            {
                // The turn that this class would have taken now if nobody had been watching before.
                entry.TookTurn = true;
                pool.PickWorker();
            }

            entry.Sessions++;
            return entry.Worker;
        }
    }

    private void Release(string @class)
    {
        lock (_lock)
        {
            if (_rooms.TryGetValue(@class, out var entry) && --entry.Sessions == 0)
            {
                _rooms.Remove(@class);
                if (entry.IsOpen)
                {
                    entry.Worker.Post(new CloseRoom(entry.Room));
                }
            }
        }
    }

    private sealed class Entry(RoomId room, RtcWorker worker)
    {
        public RoomId Room => room;

        public RtcWorker Worker => worker;

        public int Sessions { get; set; }

        public bool IsOpen { get; set; }

        public bool TookTurn { get; set; }
    }
}
