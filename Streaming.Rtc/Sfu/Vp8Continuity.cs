using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Keeps the running numbers in a viewer's VP8 descriptors (RFC 7741 §4.2) without a gap, whatever was left out or came from another layer.</summary>
/// <remarks>
/// A decoder takes a missing picture number for a lost frame, and waits. Belongs to one <see cref="DownTrack"/>. The numbers of the pictures
/// that were left out last are remembered, so that what comes late, or is sent again, is numbered as it was.
/// </remarks>
internal struct Vp8Continuity
{
    private const int LongMask = 0x7FFF;

    private ushort _pictures;
    private byte _keys;
    private Dropped _dropped;   // a ring: the newest at _count - 1
    private int _count;

    /// <summary>Whether a payload has to be changed at all.</summary>
    public readonly bool IsActive => _count > 0 || _pictures != 0 || _keys != 0;

    /// <summary>Another stream goes on where the former one stopped.</summary>
    /// <param name="first">The new stream's first picture.</param>
    /// <param name="last">The last one that the viewer got, as it got it.</param>
    public void Continue(in Vp8Descriptor first, in Vp8Descriptor last)
    {
        this = default;
        if (first is { HasLongPictureId: true, PictureId: { } picture } && last is { HasLongPictureId: true, PictureId: { } before })
        {
            _pictures = (ushort)((before + 1 - picture) & LongMask);
        }

        if (first.Tl0PicIdx is { } key && last.Tl0PicIdx is { } keyBefore)
        {
            _keys = (byte)(keyBefore + 1 - key);
        }
    }

    /// <summary>A picture is left out; told once or with each of its packets.</summary>
    public void Drop(ushort picture)
    {
        if (_count > 0 && !IsNewer(picture, _dropped[(_count - 1) % Dropped.Capacity]))
        {
            return;
        }

        _dropped[_count % Dropped.Capacity] = picture;
        _count = _count + 1 < 2 * Dropped.Capacity ? _count + 1 : _count + 1 - Dropped.Capacity;
        _pictures = (ushort)((_pictures - 1) & LongMask);
    }

    /// <summary>What a picture is called for the viewer.</summary>
    public readonly ushort Map(ushort picture)
    {
        var offset = (int)_pictures;
        for (var i = 1; i <= Math.Min(_count, Dropped.Capacity) && IsNewer(_dropped[(_count - i) % Dropped.Capacity], picture); i++)
        {
            offset++;
        }

        return (ushort)((picture + offset) & LongMask);
    }

    /// <summary>Changes the numbers in a payload.</summary>
    public readonly void Patch(Span<byte> payload)
    {
        if (!Vp8Descriptor.TryRead(payload, out var vp8) || vp8 is not { HasLongPictureId: true, PictureId: { } picture })
        {
            return;
        }

        const int at = 2;   // behind the two bytes that say which fields there are
        BinaryPrimitives.WriteUInt16BigEndian(payload[at..], (ushort)(Map(picture) | 0x8000));
        if (vp8.Tl0PicIdx is { } key)
        {
            payload[at + sizeof(ushort)] = (byte)(key + _keys);
        }
    }

    private static bool IsNewer(ushort a, ushort b) => ((a - b) & LongMask) is > 0 and < 0x4000;

    [InlineArray(Capacity)]
    private struct Dropped
    {
        public const int Capacity = 32;

        private ushort _first;
    }
}
