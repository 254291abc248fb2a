using System.Buffers.Binary;
using Streaming.Rtc;
using Streaming.Rtc.Rtp;

namespace Streaming.Client.Peers;

/// <summary>What a made payload says of itself, so that a receiver can check content, order and latency.</summary>
/// <param name="Number">Runs by one per packet of a track.</param>
/// <param name="Frame">Runs by one per frame.</param>
/// <param name="Index">Which packet of its frame, from 0.</param>
/// <param name="Count">How many packets the frame has.</param>
/// <param name="SentAt">When it was made, by the sender's clock.</param>
public readonly record struct MadeStamp(uint Number, uint Frame, ushort Index, ushort Count, Instant SentAt)
{
    /// <summary>Bytes of a stamp.</summary>
    public const int Length = 24;

    private const uint Magic = 0x4D414445;   // "MADE"
    private const int Patterns = 1024;

    // What fills the rest of a payload starts at a place that the number names: one comparison checks every byte.
    private static readonly byte[] Pattern = MakePattern();

    /// <summary>Finds and checks the stamp of a made payload, whatever a forwarder has done to the codec's descriptor.</summary>
    /// <param name="codec">What the payload was made as: VP8 or Opus.</param>
    /// <param name="payload">An RTP payload without padding.</param>
    /// <param name="stamp">The stamp.</param>
    /// <returns>False when there is none, or when a byte behind it is not what was made.</returns>
    public static bool TryRead(Codec codec, ReadOnlySpan<byte> payload, out MadeStamp stamp)
    {
        stamp = default;
        if (!TrySkipCodec(codec, payload, out var start) || payload.Length < start + Length)
        {
            return false;
        }

        var bytes = payload[start..];
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic)
        {
            return false;
        }

        stamp = new MadeStamp(
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]),
            new Instant(BinaryPrimitives.ReadInt64BigEndian(bytes[16..])));
        return bytes[Length..].SequenceEqual(Filling(stamp.Number, bytes.Length - Length));
    }

    /// <summary>Writes the stamp, and fills what is behind it.</summary>
    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Number);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Frame);
        BinaryPrimitives.WriteUInt16BigEndian(destination[12..], Index);
        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], Count);
        BinaryPrimitives.WriteInt64BigEndian(destination[16..], SentAt.Ticks);
        Filling(Number, destination.Length - Length).CopyTo(destination[Length..]);
    }

    private static bool TrySkipCodec(Codec codec, ReadOnlySpan<byte> payload, out int start)
    {
        start = 0;
        switch (codec)
        {
            case Codec.Opus:
                start = MadeVoice.HeaderLength;
                return true;
            case Codec.Vp8 when Vp8Descriptor.TryRead(payload, out var descriptor):
                start = descriptor.Length;
                start += descriptor switch
                {
                    { IsKeyFrame: true } => MadeVideo.KeyFrameHeaderLength,
                    { IsStartOfFrame: true } => MadeVideo.FrameTagLength,
                    _ => 0,
                };
                return true;
            default:
                return false;
        }
    }

    private static ReadOnlySpan<byte> Filling(uint number, int length) => Pattern.AsSpan((int)(number % Patterns), length);

    private static byte[] MakePattern()
    {
        var pattern = new byte[Patterns + SentTrack.MaxPayload];
        new Random(7_741).NextBytes(pattern);
        return pattern;
    }
}
