using System.Buffers.Binary;
using Streaming.Rtc;

namespace Streaming.Client.Peers;

/// <summary>Makes VP8 payloads of a valid shape (RFC 7741) that show nothing: whoever forwards them cannot tell.</summary>
/// <remarks>
/// Each packet has a descriptor with a 15-bit picture id; the first of a frame begins with a frame tag, that of a key frame also with start
/// code and size (RFC 6386 §9.1). Then comes a <see cref="MadeStamp"/>, and filling up to the size.
/// </remarks>
public sealed class MadeVideo
{
    internal const int DescriptorLength = 4;
    internal const int FrameTagLength = 3;
    internal const int KeyFrameHeaderLength = 10;

    private readonly int _size;
    private readonly (ushort Width, ushort Height) _picture;
    private uint _number;
    private uint _frame;
    private ushort _index;
    private bool _isKeyFrame;

    /// <summary>Makes a source of pictures.</summary>
    /// <param name="packetsPerFrame">1 or more.</param>
    /// <param name="size">Bytes of payload per packet: <see cref="MinSize"/> to <see cref="SentTrack.MaxPayload"/>.</param>
    /// <param name="width">What key frames say, in pixels.</param>
    /// <param name="height">What key frames say, in pixels.</param>
    public MadeVideo(int packetsPerFrame, int size, ushort width = 640, ushort height = 360)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(packetsPerFrame, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packetsPerFrame, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, MinSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, SentTrack.MaxPayload);
        (PacketsPerFrame, _size, _picture) = (packetsPerFrame, size, (width, height));
        _index = (ushort)packetsPerFrame;
    }

    /// <summary>The smallest payload.</summary>
    public static int MinSize => DescriptorLength + KeyFrameHeaderLength + MadeStamp.Length;

    /// <summary>How many packets each frame has.</summary>
    public int PacketsPerFrame { get; }

    /// <summary>Frames begun.</summary>
    public uint Frames => _frame;

    /// <summary>Begins the next frame; what is left of the former one is not made any more.</summary>
    public void BeginFrame(bool isKeyFrame) => (_frame, _index, _isKeyFrame) = (_frame + 1, 0, isKeyFrame);

    /// <summary>Makes the next packet of the frame.</summary>
    /// <param name="now">The time, for the stamp.</param>
    /// <param name="destination">At least the size.</param>
    /// <param name="length">How much of it is the payload.</param>
    /// <param name="isLast">Whether it ends the frame and so wants the marker.</param>
    /// <returns>False when the frame is complete.</returns>
    public bool TryNext(Instant now, Span<byte> destination, out int length, out bool isLast)
    {
        (length, isLast) = (0, false);
        if (_index == PacketsPerFrame)
        {
            return false;
        }

        var payload = destination[.._size];
        var rest = WriteFrameStart(payload);
        new MadeStamp(_number++, _frame, _index++, (ushort)PacketsPerFrame, now).Write(rest);
        (length, isLast) = (_size, _index == PacketsPerFrame);
        return true;
    }

    private Span<byte> WriteFrameStart(Span<byte> payload)
    {
        var isFirst = _index == 0;
        payload[0] = (byte)(isFirst ? 0x90 : 0x80);   // X, and S in the first packet
        payload[1] = 0x80;                            // I
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)(0x8000 | (_frame & 0x7FFF)));
        var rest = payload[DescriptorLength..];
        if (!isFirst)
        {
            return rest;
        }

        // Least significant first: not a key frame, version (3 bits), shown, size of the first partition (19 bits).
        var partition = (uint)(PacketsPerFrame * _size) & 0x7_FFFF;
        var tag = (_isKeyFrame ? 0u : 1u) | 1u << 4 | partition << 5;
        (rest[0], rest[1], rest[2]) = ((byte)tag, (byte)(tag >> 8), (byte)(tag >> 16));
        if (!_isKeyFrame)
        {
            return rest[FrameTagLength..];
        }

        (rest[3], rest[4], rest[5]) = (0x9D, 0x01, 0x2A);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[6..], _picture.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[8..], _picture.Height);
        return rest[KeyFrameHeaderLength..];
    }
}
