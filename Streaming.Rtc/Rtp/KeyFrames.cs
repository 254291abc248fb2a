using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>Tells from a payload's descriptor whether a decoder can start here. No codec is decoded for it.</summary>
internal static class KeyFrames
{
    private const int H264InstantRefresh = 5;
    private const int H264SequenceParameters = 7;
    private const int H264SingleTimeAggregation = 24;
    private const int H264Fragment = 28;

    /// <summary>Whether a packet begins a key frame.</summary>
    /// <remarks>
    /// True of the first packet of a key frame, as far as the payload can tell it. H.264 may say so more than once per frame: its
    /// parameter sets and each slice of its picture are packets of their own, all with one timestamp.
    /// </remarks>
    /// <param name="codec">The codec that the payload type stands for.</param>
    /// <param name="payload">An RTP payload without padding.</param>
    public static bool StartsKeyFrame(Codec codec, ReadOnlySpan<byte> payload) => codec switch
    {
        // Every Opus packet can be the first: what a decoder converges on is not worth waiting for.
        Codec.Opus or Codec.Red => true,
        Codec.Vp8 => Vp8Descriptor.TryRead(payload, out var descriptor) && descriptor.IsKeyFrame,
        Codec.Vp9 => StartsVp9(payload),
        Codec.H264 => StartsH264(payload),
        Codec.Av1 => StartsAv1(payload),
        _ => false,
    };

    /// <summary>Whether a key frame that seems to begin with this packet may have its parameter sets in one before it.</summary>
    /// <param name="codec">The codec that the payload type stands for.</param>
    /// <param name="payload">An RTP payload without padding.</param>
    public static bool MayLackParameters(Codec codec, ReadOnlySpan<byte> payload)
    {
        if (codec != Codec.H264 || payload.IsEmpty) return false;

        var type = payload[0] & 0x1F;
        return type == H264SingleTimeAggregation ? !Holds(payload[1..], IsParameters) : !IsParameters(type);

        static bool IsParameters(int unitType) => unitType == H264SequenceParameters;
    }

    /// <summary>RFC 9628 §4.2: |I|P|L|F|B|E|V|Z|, the picture id if I, then |TID|U|SID|D| if L.</summary>
    private static bool StartsVp9(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return false;

        var (predicted, begins) = ((payload[0] & 0x40) != 0, (payload[0] & 0x08) != 0);
        if (predicted || !begins) return false;

        var at = 1;
        if ((payload[0] & 0x80) != 0)
        {
            if (at >= payload.Length) return false;
            at += (payload[at] & 0x80) != 0 ? 2 : 1;
        }

        if (at >= payload.Length) return false;
        if ((payload[0] & 0x20) == 0) return true;

        // A higher spatial layer of a key picture predicts from the layer below it, so it is no start.
        var spatialLayer = (payload[at] >> 1) & 0x07;
        return spatialLayer == 0;
    }

    /// <summary>RFC 6184 §5.2: a single unit, an aggregation of units, or a fragment of one.</summary>
    private static bool StartsH264(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 2) return false;

        var type = payload[0] & 0x1F;
        if (type == H264SingleTimeAggregation) return Holds(payload[1..], IsH264Start);
        if (type != H264Fragment) return IsH264Start(type);

        var isFirstFragment = (payload[1] & 0x80) != 0;
        return isFirstFragment && IsH264Start(payload[1] & 0x1F);
    }

    private static bool Holds(ReadOnlySpan<byte> units, Func<int, bool> isWanted)
    {
        while (BinaryPrimitives.TryReadUInt16BigEndian(units, out var length))
        {
            units = units[2..];
            if (length == 0 || length > units.Length) return false;
            if (isWanted(units[0] & 0x1F)) return true;
            units = units[length..];
        }

        return false;
    }

    private static bool IsH264Start(int unitType) => unitType is H264InstantRefresh or H264SequenceParameters;

    /// <summary>AOM "RTP Payload Format For AV1" 1.0 §4.4: |Z|Y|W W|N|-|-|-|, where N begins a coded video sequence.</summary>
    private static bool StartsAv1(ReadOnlySpan<byte> payload)
    {
        // A sequence cannot begin inside a fragment: Z with N is a contradiction, and no start.
        return payload.Length > 1 && (payload[0] & 0x88) == 0x08;
    }
}
