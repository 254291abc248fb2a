namespace Streaming.Rtc.Dtls;

/// <summary>The datagrams that wait to be sent, and a copy of the last flight to send it again.</summary>
/// <remarks>
/// OpenSSL can repeat a flight itself, but only by the wall clock, and a state machine that is told the time cannot let it. So the flight
/// is kept here. Its plaintext records get a fresh sequence number with every copy: a ChangeCipherSpec that came too early is dropped by
/// OpenSSL after its number was marked as seen, and a copy under the same number would be dropped as a replay for ever. An encrypted record
/// (the Finished message) cannot be renumbered and need not be: one that comes too early is kept or dropped unmarked.
/// </remarks>
internal sealed class DtlsOutbox
{
    // One flight is a datagram or two. What a peer that asks again and again may pile up before anybody sends is bounded; what does not
    // fit is lost like any datagram.
    private const int Capacity = 32;

    private readonly byte[]?[] _waiting = new byte[Capacity][];
    private readonly byte[]?[] _flight = new byte[Capacity][];
    private int _first;
    private int _count;
    private int _flightLength;
    private uint _nextPlainRecord;
    private bool _startsFlight;

    /// <summary>What is written from now on belongs to a new flight, once there is anything.</summary>
    internal void BeginStep() => _startsFlight = true;

    /// <summary>Whether anything was written since <see cref="BeginStep"/>.</summary>
    internal bool WroteFlight => !_startsFlight;

    /// <summary>Whether the flight ends in an encrypted message: Finished, the last word of a handshake's side.</summary>
    internal bool FlightIsFinished => _flightLength > 0 && DtlsRecords.HaveEncryptedHandshake(_flight[_flightLength - 1]);

    /// <summary>Takes one datagram from OpenSSL.</summary>
    /// <param name="datagram">Copied.</param>
    /// <param name="keep">Whether it is part of a flight that may have to be repeated.</param>
    internal void Write(ReadOnlySpan<byte> datagram, bool keep)
    {
        var copy = datagram.ToArray();
        DtlsRecords.Renumber(copy, ref _nextPlainRecord);
        Enqueue(copy);
        if (!keep)
            return;

        if (_startsFlight)
        {
            _flightLength = 0;
            _startsFlight = false;
        }

        if (_flightLength < Capacity)
            _flight[_flightLength++] = copy;
    }

    /// <summary>Sends the last flight again.</summary>
    internal void RepeatFlight()
    {
        foreach (var datagram in _flight.AsSpan(0, _flightLength))
        {
            byte[] copy = [.. datagram!];
            DtlsRecords.Renumber(copy, ref _nextPlainRecord);
            Enqueue(copy);
        }
    }

    /// <summary>Takes the next datagram to send.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is smaller than the datagram.</exception>
    internal bool TryTake(Span<byte> destination, out int length)
    {
        length = 0;
        if (_count == 0)
            return false;

        var datagram = _waiting[_first]!;
        datagram.CopyTo(destination);
        _waiting[_first] = null;
        _first = (_first + 1) % Capacity;
        _count--;
        length = datagram.Length;
        return true;
    }

    private void Enqueue(byte[] datagram)
    {
        if (_count < Capacity)
            _waiting[(_first + _count++) % Capacity] = datagram;
    }
}
