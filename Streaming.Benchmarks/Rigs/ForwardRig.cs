using System.Text;
using Streaming.Rtc;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;
using Streaming.Rtc.Stun;

namespace Streaming.Benchmarks.Rigs;

/// <summary>The engine with one teacher and many students, without sockets: packets go in encrypted and leave encrypted into nowhere.</summary>
/// <remarks>
/// What goes in is made ahead (<c>Make…</c>) and taken by <see cref="Round"/>, as a worker takes what one look at its socket brought.
/// </remarks>
internal sealed class ForwardRig : IDatagramSink, IHandshaker, IDisposable
{
    /// <summary>Bytes of a packet's payload: 1 100 with the RTP header.</summary>
    public const int PayloadSize = 1_088;

    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FeedbackTime = TimeSpan.FromMilliseconds(50);   // what a resender's budget makes up for
    private static readonly TransportId TeacherId = new(1);
    private readonly RtcEngine _engine;
    private readonly SendBatch _batch;
    private readonly RoundShelf _shelf = new();
    private readonly RigTeacher _teacher;
    private readonly RigViewer[] _viewers;
    private readonly RoundShelf _ahead = new();   // what is sent while feedback on it is made
    private Instant _now = new(TimeSpan.TicksPerDay);
    private bool _isWatched;
    private long _due;
    private long _dueResends;

    /// <param name="viewers">Students, 1–60 000.</param>
    /// <param name="profile">How everybody's packets are protected.</param>
    /// <param name="tellsArrivals">Whether viewers have offered transport feedback: then what they get is numbered, remembered and paced.</param>
    public ForwardRig(int viewers, SrtpProfile profile = SrtpProfile.AeadAes128Gcm, bool tellsArrivals = false)
    {
        _batch = new SendBatch(this);
        _engine = new RtcEngine(new RtcEngineOptions(), this, new DropCounters());
        _teacher = new RigTeacher(profile, PayloadSize);
        _viewers = [.. Enumerable.Range(2, viewers).Select(id => new RigViewer((ushort)id, profile, tellsArrivals))];

        var room = new RoomId(1);
        Apply(new OpenRoom(room));
        Admit(new AddPublisher(TeacherId, room, _teacher.Parameters), TeacherId, _teacher.Peer, RigTeacher.Address, _teacher.Keys);
        foreach (var viewer in _viewers)
        {
            var id = new TransportId(viewer.Id);
            Admit(new AddWatcher(id, room, viewer.Parameters, IsObserver: false), id, viewer.Peer, viewer.Address, viewer.Keys);
        }

        _isWatched = true;
        Show(TrackSource.Camera);
        MakeFrame();
        Round();
        if (tellsArrivals)
        {
            GetGoing();
        }

        _isWatched = false;
        Check();
    }

    /// <summary>Datagrams that left, since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>As with Linux, so that runs are padded.</summary>
    public bool IsSegmenting => true;

    /// <summary>Whether everything that was made is taken.</summary>
    public bool IsEmpty => _shelf.IsEmpty;

    /// <summary>Makes rounds ahead.</summary>
    public void Make(int rounds, Action make)
    {
        _shelf.Rewind();
        for (var i = 0; i < rounds; i++)
        {
            make();
        }
    }

    /// <summary>Makes a round of one packet of the camera.</summary>
    public void MakePacket() => MakePicture(TrackSource.Camera, keyFrame: false);

    /// <summary>Makes a round of a whole picture of five packets, and the voice of its time.</summary>
    public void MakeFrame() => MakeFrame(_shelf);

    /// <summary>Sends three such pictures, and makes the round in which every viewer tells when their packets came.</summary>
    public void MakeArrivals()
    {
        _isWatched = true;
        _ahead.Rewind();
        for (var i = 0; i < 3; i++)
        {
            MakeFrame(_ahead);
        }

        while (!_ahead.IsEmpty)
        {
            Round(_ahead);
        }

        _isWatched = false;
        foreach (var viewer in _viewers)
        {
            viewer.MakeArrivals(_shelf);
        }

        _shelf.EndRound(TimeSpan.Zero);
    }

    /// <summary>Makes a round in which every viewer reports.</summary>
    public void MakeReports() => MakeFeedback((viewer, shelf) => viewer.MakeReport(shelf));

    /// <summary>Makes a round in which every viewer misses the newest packet.</summary>
    public void MakeNacks()
    {
        MakeFeedback((viewer, shelf) => viewer.MakeNack(shelf));
        _dueResends += _viewers.Length;
    }

    /// <summary>Makes a round in which every viewer's decoder is lost.</summary>
    public void MakePictureLosses() => MakeFeedback((viewer, shelf) => viewer.MakePictureLoss(shelf));

    /// <summary>Makes the two rounds that <see cref="Switch"/> takes.</summary>
    public void MakeSwitch()
    {
        MakePicture(TrackSource.Screen, keyFrame: true);
        MakePicture(TrackSource.Camera, keyFrame: true);
    }

    /// <summary>What the next round brings goes through the engine.</summary>
    public void Round() => Round(_shelf);

    /// <summary>From the camera to the screen and back, each with the key frame that shows it.</summary>
    public void Switch()
    {
        Apply(new SetSources(TeacherId, [TrackSource.Voice, TrackSource.Screen]));
        Round();
        Apply(new SetSources(TeacherId, [TrackSource.Voice, TrackSource.Camera]));
        Round();
    }

    /// <summary>Everything that was made has reached everybody that it should reach; otherwise something else was measured.</summary>
    /// <exception cref="InvalidOperationException">It has not.</exception>
    public void Check()
    {
        while (!IsEmpty)
        {
            Round();
        }

        var counted = _engine.Counters.Members;
        if (counted.PacketsForwarded != _due || counted.PacketsResent != _dueResends)
        {
            throw new InvalidOperationException(
                $"{_viewers.Length} viewers were to get {_due} packets and {_dueResends} of them again, and got {counted.PacketsForwarded} and {counted.PacketsResent}.");
        }
    }

    public void Send(SendBatch batch)
    {
        Sent += batch.Count;
        if (_isWatched)
        {
            foreach (var datagram in batch.Queued)
            {
                if (datagram.To != RigTeacher.Address)
                {
                    _viewers[datagram.To.Port - 2].Look(_now, batch.Buffer.AsSpan(datagram.Offset, datagram.Length));
                }
            }
        }
    }

    public void Open(TransportId transport, DtlsRole role, ReadOnlyMemory<byte> expectedFingerprint)
    {
    }

    public bool Receive(TransportId transport, ReadOnlySpan<byte> datagram) => true;

    public void Close(TransportId transport)
    {
    }

    public void Dispose()
    {
        Apply(new CloseRoom(new RoomId(1)));
        _teacher.Dispose();
        Array.ForEach(_viewers, viewer => viewer.Dispose());
    }

    private void Round(RoundShelf shelf)
    {
        var round = shelf.Take();
        _now += round.After;
        for (var i = round.Start; i < round.End; i++)
        {
            _engine.Receive(_now, shelf.From(i), shelf.Bytes(i), _batch);
        }

        EndRound();
    }

    // Two seconds of a lesson: what the camera costs and what the links carry is known then, and nobody's packets wait.
    private void GetGoing()
    {
        for (var i = 0; i < 100; i++)
        {
            MakeFrame();
            Round();
            if (i % 3 == 2)
            {
                MakeFeedback((viewer, shelf) => viewer.MakeArrivals(shelf));
                Round();
            }

            _shelf.Rewind();
            _engine.Tick(_now, _batch);
            EndRound();
        }

        while (_engine.TryTakeEvent(out _))
        {
        }
    }

    // The one place that knows how a worker ends a round.
    private void EndRound()
    {
        _engine.EndRound(_now, _batch);
        _batch.Flush();
    }

    private void Apply(RtcCommand command)
    {
        _engine.Apply(_now, command, _batch);
        EndRound();
        while (_engine.TryTakeEvent(out _))
        {
        }
    }

    private void MakeFrame(RoundShelf shelf)
    {
        _teacher.MakePicture(shelf, TrackSource.Camera, packets: 5, keyFrame: false);
        _teacher.MakeVoice(shelf);
        shelf.EndRound(FrameTime);
        _due += 6 * _viewers.Length;
    }

    private void MakePicture(TrackSource source, bool keyFrame)
    {
        _teacher.MakePicture(_shelf, source, packets: 1, keyFrame);
        _shelf.EndRound(FrameTime);
        _due += _viewers.Length;
    }

    private void MakeFeedback(Action<RigViewer, RoundShelf> make)
    {
        foreach (var viewer in _viewers)
        {
            make(viewer, _shelf);
        }

        _shelf.EndRound(FeedbackTime);
    }

    private void Show(TrackSource picture)
    {
        Apply(new SetSources(TeacherId, [TrackSource.Voice, picture]));
        MakePicture(picture, keyFrame: true);
        Round();
    }

    private void Admit(RtcCommand command, TransportId id, PeerParameters peer, TransportAddress from, SrtpKeys keys)
    {
        Apply(command);
        var datagram = _shelf.Next(from);
        var writer = StunWriter.Request(datagram, "abcdefghijkl"u8);
        writer.AddUsername(Encoding.ASCII.GetBytes($"{peer.LocalIce.Ufrag}:{peer.RemoteIce.Ufrag}"));
        writer.AddPriority(1);
        writer.AddIceControlling(1);
        writer.AddUseCandidate();
        _shelf.Commit(writer.Finish(Encoding.ASCII.GetBytes(peer.LocalIce.Password)));
        _shelf.EndRound(TimeSpan.Zero);
        Round();
        _shelf.Rewind();
        Apply(new DtlsConnected(id, new SrtpSession(keys)));
    }
}
