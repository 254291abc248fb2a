using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Rtcp;

/// <summary>Remembers when the packets of a connection arrived, and says it as transport-wide feedback.</summary>
/// <remarks>
/// Belongs to one receiving transport. Fixed room for the last <see cref="Capacity"/> transport numbers: what is older and not yet told is
/// never told. A number that comes after it was told as missing is told again, as Chromium does.
/// </remarks>
internal sealed class TransportFeedbackRecorder
{
    /// <summary>How many numbers are remembered.</summary>
    public const int Capacity = 1024;

    private readonly Instant[] _arrivals = new Instant[Capacity];
    private readonly Instant[] _ordered = new Instant[Capacity];
    private bool _started;
    private long _next;
    private long _untold;
    private byte _feedbackCount;

    /// <summary>Whether something has come that no feedback has told of.</summary>
    public bool HasNews => _untold < _next;

    /// <summary>Notes a packet.</summary>
    /// <param name="now">When it came; not before zero.</param>
    /// <param name="number">Its transport number.</param>
    public void Note(Instant now, SequenceNumber number)
    {
        if (!_started)
        {
            _started = true;
            _next = number.Value;
            _untold = _next;
        }

        var index = _next - 1 + number.DistanceFrom(new SequenceNumber(unchecked((ushort)(_next - 1))));
        if (index < Math.Max(0, _next - Capacity)) return;

        // What lies between has not come; beyond a whole ring, nothing of before is left.
        for (var missing = Math.Max(_next, index - Capacity + 1); missing <= index; missing++) _arrivals[missing % Capacity] = Instant.Never;
        ref var slot = ref _arrivals[index % Capacity];
        if (slot != Instant.Never && index < _next) return;

        slot = now;
        _next = Math.Max(_next, index + 1);
        _untold = Math.Max(Math.Min(_untold, index), _next - Capacity);
    }

    /// <summary>Tells what is new, in as many packets as fit.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="sender">Who reports.</param>
    /// <param name="media">Any stream of the connection.</param>
    /// <returns>False when something is left for another datagram.</returns>
    public bool TryWrite(ref RtcpWriter writer, Ssrc sender, Ssrc media)
    {
        while (HasNews)
        {
            var count = (int)(_next - _untold);
            var ordered = _ordered.AsSpan(0, count);
            for (var i = 0; i < count; i++) ordered[i] = _arrivals[(_untold + i) % Capacity];

            var first = new SequenceNumber(unchecked((ushort)_untold));
            writer.TransportFeedback(sender, media, _feedbackCount, first, ordered, out var taken);
            if (taken == 0) return false;

            _feedbackCount++;
            _untold += taken;
        }

        return true;
    }
}
