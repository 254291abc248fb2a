using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Where a packet stands among the temporal layers of its picture stream.</summary>
/// <param name="TemporalId">Its layer, 0–<see cref="Highest"/>; 0 where there are none.</param>
/// <param name="IsSync">Whether its frame goes back to layer 0 only: from here on a viewer may get its layer.</param>
/// <param name="StartsFrame">Whether it is the first packet of a frame.</param>
internal readonly record struct FrameLayer(byte TemporalId, bool IsSync, bool StartsFrame)
{
    /// <summary>The highest layer that is told apart; VP8 could have one more, which goes with it.</summary>
    public const byte Highest = 2;

    /// <summary>Reads it from a payload. Other codecs than VP8 pass whole: what could be left out of them is for their own layers to say. So does VP8
    /// with short picture numbers, which no browser sends: what is left out of it could not be hidden.</summary>
    public static FrameLayer Of(Codec codec, ReadOnlySpan<byte> payload) =>
        codec == Codec.Vp8 && Vp8Descriptor.TryRead(payload, out var vp8) && vp8.HasLongPictureId
            ? new FrameLayer(Math.Min(vp8.TemporalId ?? 0, Highest), vp8.LayerSync, vp8.IsStartOfFrame)
            : default;
}
