namespace Streaming.Client.Peers;

/// <summary>Datagrams that wait to be taken: fixed slots in a ring that grows when a burst needs it.</summary>
internal sealed class OutgoingQueue
{
    /// <summary>Room per datagram: more than any path carries.</summary>
    public const int SlotSize = 1500;

    private const int MostSlots = 4096;

    private byte[] _bytes = new byte[4 * SlotSize];
    private int[] _lengths = new int[4];
    private int _first;
    private int _count;

    /// <summary>Datagrams dropped because nobody took those before them.</summary>
    public long Dropped { get; private set; }

    /// <summary>The slot for the next datagram: <see cref="SlotSize"/> bytes, until <see cref="Commit"/>; empty without room.</summary>
    public Span<byte> Next()
    {
        if (_count == _lengths.Length && !TryGrow())
        {
            Dropped++;
            return default;
        }

        return _bytes.AsSpan((_first + _count) % _lengths.Length * SlotSize, SlotSize);
    }

    /// <summary>Queues what was written into the slot; nothing when that was nothing.</summary>
    public void Commit(int length)
    {
        if (length > 0)
        {
            _lengths[(_first + _count++) % _lengths.Length] = length;
        }
    }

    /// <summary>Takes the oldest datagram.</summary>
    /// <param name="destination">At least <see cref="SlotSize"/> bytes.</param>
    /// <param name="length">How many of them are the datagram.</param>
    public bool TryTake(Span<byte> destination, out int length)
    {
        if (_count == 0)
        {
            length = 0;
            return false;
        }

        length = _lengths[_first];
        _bytes.AsSpan(_first * SlotSize, length).CopyTo(destination);
        _first = (_first + 1) % _lengths.Length;
        _count--;
        return true;
    }

    private bool TryGrow()
    {
        if (_lengths.Length == MostSlots)
        {
            return false;
        }

        var (bytes, lengths) = (new byte[2 * _bytes.Length], new int[2 * _lengths.Length]);
        for (var i = 0; i < _count; i++)
        {
            var slot = (_first + i) % _lengths.Length;
            lengths[i] = _lengths[slot];
            _bytes.AsSpan(slot * SlotSize, SlotSize).CopyTo(bytes.AsSpan(i * SlotSize));
        }

        (_bytes, _lengths, _first) = (bytes, lengths, 0);
        return true;
    }
}
