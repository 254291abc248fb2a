using Streaming.Rtc;

namespace Streaming.Benchmarks.Rigs;

/// <summary>Datagrams made ahead, round by round, so that making them is not measured with what they do.</summary>
/// <remarks>What was taken is gone: the engine decrypts in place, and takes no packet twice. The room grows while datagrams are made, never while they are taken.</remarks>
internal sealed class RoundShelf
{
    private const int LargestDatagram = 1_536;
    private const int Line = 64;

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(64 * LargestDatagram, pinned: true);
    private Datagram[] _datagrams = new Datagram[64];
    private Round[] _rounds = new Round[64];
    private int _used;
    private int _made;
    private int _madeRounds;
    private int _takenRounds;
    private TransportAddress _from;

    /// <summary>Whether no round is left.</summary>
    public bool IsEmpty => _takenRounds == _madeRounds;

    /// <summary>Opens the next datagram of the round that is being made.</summary>
    /// <param name="from">Whose it will be.</param>
    /// <returns>Where to write it, until <see cref="Commit"/>.</returns>
    public Span<byte> Next(TransportAddress from)
    {
        if (_bytes.Length - _used < LargestDatagram)
        {
            var larger = GC.AllocateUninitializedArray<byte>(2 * _bytes.Length, pinned: true);
            _bytes.CopyTo(larger.AsSpan());
            _bytes = larger;
        }

        _from = from;
        return _bytes.AsSpan(_used, LargestDatagram);
    }

    /// <summary>The datagram is written.</summary>
    public void Commit(int length)
    {
        if (_made == _datagrams.Length)
        {
            Array.Resize(ref _datagrams, 2 * _made);
        }

        _datagrams[_made++] = new Datagram(_from, _used, length);
        _used += (length + Line - 1) / Line * Line;
    }

    /// <summary>The round is made.</summary>
    /// <param name="after">How long after the round before it comes.</param>
    public void EndRound(TimeSpan after)
    {
        if (_madeRounds == _rounds.Length)
        {
            Array.Resize(ref _rounds, 2 * _madeRounds);
        }

        var start = _madeRounds == 0 ? 0 : _rounds[_madeRounds - 1].End;
        _rounds[_madeRounds++] = new Round(start, _made, after);
    }

    /// <summary>Takes the next round: its datagrams are <see cref="From"/> and <see cref="Bytes"/> of these numbers.</summary>
    /// <exception cref="InvalidOperationException">None is left.</exception>
    public Round Take() =>
        IsEmpty ? throw new InvalidOperationException("No round was made ahead.") : _rounds[_takenRounds++];

    /// <summary>Begins again at the first byte, once all was taken.</summary>
    public void Rewind()
    {
        if (IsEmpty)
        {
            (_used, _made, _madeRounds, _takenRounds) = (0, 0, 0, 0);
        }
    }

    public TransportAddress From(int datagram) => _datagrams[datagram].From;

    public Span<byte> Bytes(int datagram) => _bytes.AsSpan(_datagrams[datagram].Offset, _datagrams[datagram].Length);

    /// <param name="Start">Its first datagram.</param>
    /// <param name="End">The one behind its last.</param>
    /// <param name="After">How long after the round before it comes.</param>
    internal readonly record struct Round(int Start, int End, TimeSpan After);

    private readonly record struct Datagram(TransportAddress From, int Offset, int Length);
}
