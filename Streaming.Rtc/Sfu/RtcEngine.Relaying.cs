namespace Streaming.Rtc.Sfu;

/// <content>Classes that span workers: packets that other workers hand over, and what the workers say to each other.</content>
internal sealed partial class RtcEngine
{
    private readonly List<Room> _relayed = [];   // those whose publisher another worker has
    private long _lives;

    /// <summary>Whether another worker has handed over packets that nobody has taken yet.</summary>
    public bool HasRelayed
    {
        get
        {
            foreach (var room in _relayed)
            {
                if (room.Inlet!.HasPackets)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Notes how much other workers have handed over by now. Whose packets these are, commands say that are in the inbox already: they have to be taken next.</summary>
    public void NoteRelayed()
    {
        foreach (var room in _relayed)
        {
            room.Inlet!.Note();
        }
    }

    /// <summary>Takes what <see cref="NoteRelayed"/> has noted, of each class up to <see cref="RelayInlet.MostPackets"/>; what is left stays for the next round. <see cref="EndRound"/> has to follow.</summary>
    public void ReceiveRelayed(Instant now, SendBatch batch)
    {
        Current = null;
        foreach (var room in _relayed)
        {
            room.Inlet!.Receive(now, batch);
        }
    }

    /// <summary>A number for the life of a track that no other of this worker has.</summary>
    public long NextLife() => ++_lives;

    private void ApplyRelaying(Instant now, RtcCommand command, SendBatch batch)
    {
        switch (command)
        {
            case AddBranch branch when _rooms.TryGetValue(branch.Room, out var room): room.Outlet.Add(branch); break;
            case RemoveBranch(var id, var ring) when _rooms.TryGetValue(id, out var room): room.Outlet.Remove(ring); break;
            case AddInlet inlet when _rooms.TryGetValue(inlet.Room, out var room) && room.Inlet is null:
                room.Open(inlet);
                _relayed.Add(room);
                break;
            case RelaySources(var id, var sources) when _rooms.TryGetValue(id, out var room): room.SetRelayed(now, sources, batch); break;
            case RelayClock(var id, var stream, var clock) when _rooms.TryGetValue(id, out var room):
                room.Inlet?.SetClock(stream, clock);
                break;
            case WantKeyFrame(var id, var stream, var isRepair) when _rooms.TryGetValue(id, out var room):
                room.Outlet.WantKeyFrame(now, stream, isRepair, batch);
                break;
            case WantLayers(var id, var ring, var top) when _rooms.TryGetValue(id, out var room):
                room.Outlet.Want(ring, top);
                break;
            case RelayAgain(var id, var ring, var stream, var numbers) when _rooms.TryGetValue(id, out var room):
                room.Outlet.Again(ring, stream, numbers);
                break;
        }
    }
}
