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

/// <summary>Which room on which workers carries the media of which class.</summary>
/// <remarks>
/// A room is opened with its first session and closed with its last. A class that has more viewers than one worker is to carry is shown by
/// further workers too. The lock covers a look-up and the posting of some commands, so that a worker always hears of a room before it
/// hears of a transport in it.
/// </remarks>
/// <param name="pool">The workers.</param>
/// <param name="viewersPerWorker">How many viewers of one class a worker takes while there is another one.</param>
internal sealed class MediaRooms(RtcWorkerPool pool, int viewersPerWorker)
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
    /// <param name="place">Who comes.</param>
    /// <param name="admit">Makes the command from the room; called inside the lock, so quick.</param>
    /// <param name="negotiate">Answers the offer for the worker that is to carry it; false leaves everything as it was.</param>
    /// <returns>The worker, or null when negotiation refused.</returns>
    public RtcWorker? Enter(string @class, MediaPlace place, Func<RtcWorker, bool> negotiate, Func<RoomId, RtcCommand> admit)
    {
        var worker = Hold(@class, place);
        var agreed = false;
        try
        {
            agreed = negotiate(worker);
        }
        finally
        {
            if (!agreed)
            {
                Leave(@class, worker, place);
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
                entry.Home.Post(new OpenRoom(entry.Room));
            }

            if (entry.Branches.TryGetValue(worker, out var branch))
            {
                branch.Opened ??= RtcWorkerPool.Branch(entry.Room, entry.Home, worker);
            }

            worker.Post(admit(entry.Room));
        }

        return worker;
    }

    /// <summary>Notes that a session of the class is over.</summary>
    /// <param name="class">The class.</param>
    /// <param name="worker">The worker that carried it.</param>
    /// <param name="place">Who it was.</param>
    public void Leave(string @class, RtcWorker worker, MediaPlace place)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(@class, out var entry))
            {
                return;
            }

            entry.Sessions--;
            if (place == MediaPlace.Viewer)
            {
                Uncount(entry, worker);
            }

            if (entry.Sessions == 0)
            {
                _rooms.Remove(@class);
                if (entry.IsOpen)
                {
                    entry.Home.Post(new CloseRoom(entry.Room));
                }
            }
        }
    }

    // Negotiation takes place outside the lock; until it is done the entry is held like by a session.
    private RtcWorker Hold(string @class, MediaPlace place)
    {
        lock (_lock)
        {
            var isObserver = place == MediaPlace.Observer;
            if (!_rooms.TryGetValue(@class, out var entry))
            {
                entry = new Entry(pool.NextRoomId(), pool.PickWorker(isObserver)) { TookTurn = !isObserver };
                _rooms.Add(@class, entry);
            }
            else if (!isObserver && !entry.TookTurn)
            {
                // The turn that this class would have taken now if nobody had been watching before.
                entry.TookTurn = true;
                pool.PickWorker();
            }

            entry.Sessions++;
            return place == MediaPlace.Viewer ? Seat(entry) : entry.Home;
        }
    }

    private RtcWorker Seat(Entry entry)
    {
        if (entry.Viewers >= viewersPerWorker && pool.Workers.Count > 1 && Further(entry) is { } further)
        {
            further.Branch.Viewers++;
            return further.Worker;
        }

        entry.Viewers++;
        return entry.Home;
    }

    // One that shows the class already, then a new one; when all are full, whoever has the fewest of this class.
    private (RtcWorker Worker, Branch Branch)? Further(Entry entry)
    {
        var fewest = entry.Branches.Where(pair => pair.Key.IsRunning).OrderBy(pair => pair.Value.Viewers).FirstOrDefault();
        if (fewest.Key is not null && fewest.Value.Viewers < viewersPerWorker)
        {
            return (fewest.Key, fewest.Value);
        }

        if (pool.PickAnother([entry.Home, .. entry.Branches.Keys]) is { } another)
        {
            var branch = new Branch();
            entry.Branches.Add(another, branch);
            return (another, branch);
        }

        return fewest.Key is not null && fewest.Value.Viewers < entry.Viewers ? (fewest.Key, fewest.Value) : null;
    }

    private static void Uncount(Entry entry, RtcWorker worker)
    {
        if (!entry.Branches.TryGetValue(worker, out var branch))
        {
            entry.Viewers--;
        }
        else if (--branch.Viewers == 0)
        {
            entry.Branches.Remove(worker);
            branch.Opened?.Close();
        }
    }

    private sealed class Entry(RoomId room, RtcWorker home)
    {
        public RoomId Room => room;

        public RtcWorker Home => home;

        public Dictionary<RtcWorker, Branch> Branches { get; } = [];

        /// <summary>Viewers on <see cref="Home"/>.</summary>
        public int Viewers { get; set; }

        public int Sessions { get; set; }

        public bool IsOpen { get; set; }

        public bool TookTurn { get; set; }
    }

    private sealed class Branch
    {
        public int Viewers { get; set; }

        public RoomBranch? Opened { get; set; }
    }
}
