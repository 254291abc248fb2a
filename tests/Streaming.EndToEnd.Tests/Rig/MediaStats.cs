using System.Text.Json;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>What a browser's peer connection counts (W3C webrtc-stats), summed over its streams.</summary>
/// <param name="State">The connection's state.</param>
/// <param name="FramesDecoded">Video frames decoded.</param>
/// <param name="FreezeCount">Freezes that a viewer saw.</param>
/// <param name="FreezeSeconds">How long they lasted in all.</param>
/// <param name="FramesDropped">Frames decoded and not shown.</param>
/// <param name="AudioEnergy">Sound played, as energy.</param>
/// <param name="PacketsReceived">RTP packets received.</param>
/// <param name="PacketsLost">RTP packets that never came.</param>
/// <param name="FramesSent">Video frames sent; of simulcast those of the largest layer that is sent, which is what students see.</param>
/// <param name="KeyFramesEncoded">Key frames among them.</param>
/// <param name="PliCount">Key frames that were asked for.</param>
/// <param name="NackCount">Negative acknowledgements received by a sender, or sent by a receiver.</param>
/// <param name="OutgoingBitrate">What the sender believes the way carries, bit/s; 0 when unknown.</param>
internal sealed record MediaStats(
    string State,
    long FramesDecoded,
    long FreezeCount,
    double FreezeSeconds,
    long FramesDropped,
    double AudioEnergy,
    long PacketsReceived,
    long PacketsLost,
    long FramesSent,
    long KeyFramesEncoded,
    long PliCount,
    long NackCount,
    double OutgoingBitrate)
{
    /// <summary>A function of JavaScript: a peer connection or null → the numbers of this record or null.</summary>
    public const string Script = """
        async pc => {
          if (!pc) return null;
          const n = { state: pc.connectionState, framesDecoded: 0, freezeCount: 0, freezeSeconds: 0, framesDropped: 0, audioEnergy: 0, packetsReceived: 0, packetsLost: 0,
            framesSent: 0, keyFramesEncoded: 0, pliCount: 0, nackCount: 0, outgoingBitrate: 0 };
          const largest = new Map();
          (await pc.getStats()).forEach(s => {
            if (s.type === 'inbound-rtp') {
              n.framesDecoded += s.framesDecoded ?? 0;
              n.freezeCount += s.freezeCount ?? 0;
              n.freezeSeconds += s.totalFreezesDuration ?? 0;
              n.framesDropped += s.framesDropped ?? 0;
              n.audioEnergy += s.totalAudioEnergy ?? 0;
              n.packetsReceived += s.packetsReceived ?? 0;
              n.packetsLost += s.packetsLost ?? 0;
              n.pliCount += s.pliCount ?? 0;
              n.nackCount += s.nackCount ?? 0;
            } else if (s.type === 'outbound-rtp') {
              if ((s.frameWidth ?? 0) > (largest.get(s.mid)?.frameWidth ?? 0)) largest.set(s.mid, s);
              n.keyFramesEncoded += s.keyFramesEncoded ?? 0;
              n.pliCount += s.pliCount ?? 0;
              n.nackCount += s.nackCount ?? 0;
            } else if (s.type === 'candidate-pair' && s.nominated) {
              n.outgoingBitrate = s.availableOutgoingBitrate ?? n.outgoingBitrate;   // told of the pair in use only
            }
          });
          for (const layer of largest.values()) n.framesSent += layer.framesSent ?? 0;
          return n;
        }
        """;

    /// <summary>Reads what <see cref="Script"/> gave; null when there was no connection.</summary>
    public static MediaStats? Read(JsonElement? result) =>
        result is { ValueKind: JsonValueKind.Object } json ? json.Deserialize<MediaStats>(JsonSerializerOptions.Web) : null;
}
