using Streaming.Rtc.Rtp;

namespace Streaming.Client.Peers;

/// <summary>The last packets of a track, to be sent again when asked for.</summary>
internal sealed class SentHistory
{
    /// <summary>How many packets are kept: a second and more of 2 Mbit/s.</summary>
    public const int Packets = 512;

    private readonly byte[] _payloads = new byte[Packets * SentTrack.MaxPayload];
    private readonly Entry[] _entries = new Entry[Packets];

    /// <summary>Keeps a copy.</summary>
    public void Keep(SequenceNumber number, uint timestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        var slot = number.Value % Packets;
        payload.CopyTo(_payloads.AsSpan(slot * SentTrack.MaxPayload));
        _entries[slot] = new Entry(true, number, timestamp, marker, payload.Length);
    }

    /// <summary>Finds a packet.</summary>
    /// <param name="number">Its sequence number.</param>
    /// <param name="entry">Its header's fields.</param>
    /// <param name="payload">Valid until the next <see cref="Keep"/>.</param>
    public bool TryFind(SequenceNumber number, out Entry entry, out ReadOnlySpan<byte> payload)
    {
        var slot = number.Value % Packets;
        entry = _entries[slot];
        payload = _payloads.AsSpan(slot * SentTrack.MaxPayload, entry.Length);
        return entry.IsUsed && entry.Number == number;
    }

    /// <summary>What is kept of a header.</summary>
    public readonly record struct Entry(bool IsUsed, SequenceNumber Number, uint Timestamp, bool Marker, int Length);
}
