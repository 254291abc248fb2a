using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>The descriptor in front of VP8 data in an RTP payload (RFC 7741 §4.2), and the data's own key frame bit (§4.3).</summary>
internal readonly struct Vp8Descriptor
{
    /// <summary>So many bytes of a payload are enough to read it: the longest descriptor, and a byte of data.</summary>
    public const int LongestWithData = 7;

    /// <summary>Bytes of the descriptor, 1–6; VP8 data follows.</summary>
    public int Length { get; private init; }

    /// <summary>Whether the packet begins a frame: the start (S) of the first partition (PID 0).</summary>
    public bool IsStartOfFrame { get; private init; }

    /// <summary>Whether the packet begins a key frame. False in a key frame's later packets: only the first one tells.</summary>
    public bool IsKeyFrame { get; private init; }

    /// <summary>The picture's running number, of 7 or 15 bits; it wraps in its own width.</summary>
    public ushort? PictureId { get; private init; }

    /// <summary>Whether <see cref="PictureId"/> is 15 bits wide rather than 7.</summary>
    public bool HasLongPictureId { get; private init; }

    /// <summary>The running number of frames of temporal layer 0.</summary>
    public byte? Tl0PicIdx { get; private init; }

    /// <summary>The temporal layer, 0–3.</summary>
    public byte? TemporalId { get; private init; }

    /// <summary>Whether the frame depends on layer 0 only, so that a viewer may go up to its layer here (Y).</summary>
    public bool LayerSync { get; private init; }

    /// <summary>The running number of the key frame that the frame goes back to, 0–31.</summary>
    public byte? KeyIdx { get; private init; }

    /// <summary>Reads the descriptor.</summary>
    /// <param name="payload">An RTP payload without padding.</param>
    /// <param name="descriptor">The descriptor; a value, it keeps nothing of the payload.</param>
    /// <returns>False when the payload ends inside the descriptor, or right behind it.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out Vp8Descriptor descriptor)
    {
        descriptor = default;
        if (payload.Length < 2) return false;

        var first = payload[0];
        var fields = (first & 0x80) != 0 ? payload[1] : (byte)0;
        var at = (first & 0x80) != 0 ? 2 : 1;

        ushort? pictureId = null;
        var longPictureId = false;
        if ((fields & 0x80) != 0)
        {
            if (at >= payload.Length) return false;
            longPictureId = (payload[at] & 0x80) != 0;
            if (at + 1 >= payload.Length) return false;
            pictureId = longPictureId ? (ushort)(BinaryPrimitives.ReadUInt16BigEndian(payload[at..]) & 0x7FFF) : payload[at];
            at += longPictureId ? 2 : 1;
        }

        byte? tl0PicIdx = null;
        if ((fields & 0x40) != 0)
        {
            if (at >= payload.Length) return false;
            tl0PicIdx = payload[at++];
        }

        var (hasTemporalId, hasKeyIdx) = ((fields & 0x20) != 0, (fields & 0x10) != 0);
        byte layers = 0;
        if (hasTemporalId || hasKeyIdx)
        {
            if (at >= payload.Length) return false;
            layers = payload[at++];
        }

        if (at >= payload.Length) return false;

        // The P bit of a frame's first byte of data is zero in a key frame.
        var isStartOfFrame = (first & 0x17) == 0x10;
        descriptor = new Vp8Descriptor
        {
            Length = at,
            IsStartOfFrame = isStartOfFrame,
            IsKeyFrame = isStartOfFrame && (payload[at] & 0x01) == 0,
            PictureId = pictureId,
            HasLongPictureId = longPictureId,
            Tl0PicIdx = tl0PicIdx,
            TemporalId = hasTemporalId ? (byte)(layers >> 6) : null,
            LayerSync = hasTemporalId && (layers & 0x20) != 0,
            KeyIdx = hasKeyIdx ? (byte)(layers & 0x1F) : null,
        };
        return true;
    }
}
