using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;

namespace Streaming.Server.Media;

/// <summary>The room of one class on its workers, and how many sit where.</summary>
/// <remarks>Belongs to <see cref="MediaRooms"/>; only called inside its lock.</remarks>
internal sealed class MediaRoom(string @class, RoomId id, RtcWorker home)
{
    private readonly Dictionary<RtcWorker, Branch> _branches = [];
    private int _homeViewers;
    private int _observers;
    private State _state;

    private enum State
    {
        Planned,
        Open,
        Closed,
    }

    /// <summary>The class.</summary>
    public string Class => @class;

    /// <summary>Its id at the workers.</summary>
    public RoomId Id => id;

    /// <summary>The worker that has the publisher.</summary>
    public RtcWorker Home => home;

    /// <summary>Sessions of members, those in negotiation included.</summary>
    public int Members { get; private set; }

    /// <summary>Sessions of members and observers.</summary>
    public int Sessions => Members + _observers;

    /// <summary>Somebody comes.</summary>
    /// <returns>The worker for that session.</returns>
    public RtcWorker Enter(MediaPlace place, RtcWorkerPool pool, int viewersPerWorker)
    {
        if (place == MediaPlace.Observer)
        {
            _observers++;
            return home;
        }

        Members++;
        return place == MediaPlace.Viewer ? Seat(pool, viewersPerWorker) : home;
    }

    /// <summary>Somebody goes.</summary>
    public void Leave(RtcWorker worker, MediaPlace place)
    {
        if (place == MediaPlace.Observer)
        {
            _observers--;
            return;
        }

        Members--;
        if (place == MediaPlace.Viewer)
        {
            Uncount(worker);
        }
    }

    /// <summary>Lets the workers know of it, before the first transport; one that was closed stays closed.</summary>
    public void Open(RtcWorker worker)
    {
        if (_state == State.Planned)
        {
            _state = State.Open;
            home.Post(new OpenRoom(id));
        }

        if (_state == State.Open && _branches.TryGetValue(worker, out var branch))
        {
            branch.Opened ??= RtcWorkerPool.Branch(id, home, worker);
        }
    }

    /// <summary>Ends it, and what is still in it.</summary>
    public void Close()
    {
        if (_state == State.Open)
        {
            home.Post(new CloseRoom(id));
        }

        _state = State.Closed;
    }

    private RtcWorker Seat(RtcWorkerPool pool, int viewersPerWorker)
    {
        if (_homeViewers >= viewersPerWorker && pool.Workers.Count > 1 && Further(pool, viewersPerWorker) is { } further)
        {
            further.Branch.Viewers++;
            return further.Worker;
        }

        _homeViewers++;
        return home;
    }

    // One that shows the class already, then a new one; when all are full, whoever has the fewest of this class.
    private (RtcWorker Worker, Branch Branch)? Further(RtcWorkerPool pool, int viewersPerWorker)
    {
        var fewest = _branches.Where(pair => pair.Key.IsRunning).OrderBy(pair => pair.Value.Viewers).FirstOrDefault();
        if (fewest.Key is not null && fewest.Value.Viewers < viewersPerWorker)
        {
            return (fewest.Key, fewest.Value);
        }

        if (pool.PickAnother([home, .. _branches.Keys]) is { } another)
        {
            var branch = new Branch();
            _branches.Add(another, branch);
            return (another, branch);
        }

        return fewest.Key is not null && fewest.Value.Viewers < _homeViewers ? (fewest.Key, fewest.Value) : null;
    }

    private void Uncount(RtcWorker worker)
    {
        if (!_branches.TryGetValue(worker, out var branch))
        {
            _homeViewers--;
        }
        else if (--branch.Viewers == 0)
        {
            _branches.Remove(worker);
            branch.Opened?.Close();
        }
    }

    private sealed class Branch
    {
        public int Viewers { get; set; }

        public RoomBranch? Opened { get; set; }
    }
}
