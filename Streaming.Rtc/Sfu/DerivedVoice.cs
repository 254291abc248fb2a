using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>A voice in another form, made once for all viewers who need it so; on the clock of the original.</summary>
/// <remarks>Belongs to one <see cref="VoiceForms"/>; only its RTC worker calls it.</remarks>
internal sealed class DerivedVoice(SourceTrack original, IReadOnlyList<NegotiatedFormat> formats, Room room, RtcEngineOptions options, bool isThin)
    : SourceTrack(original.Source, original.Layer, formats, room, options)
{
    /// <inheritdoc/>
    public override NackTracker Missing { get; } = new();

    /// <inheritdoc/>
    public override SenderClock Clock => original.Clock;

    /// <inheritdoc/>
    public override SourceTrack Timeline => original;

    /// <inheritdoc/>
    public override bool IsSparse => isThin;

    /// <summary>Takes the next packet.</summary>
    public void Put(Instant now, in MediaPacket packet, SendBatch batch) => Take(now, packet, batch);

    /// <summary>The original's stream is over.</summary>
    public void Renew(Instant now, SendBatch batch) => Restart(now, batch);

    /// <inheritdoc/>
    public override void RequestKeyFrame(Instant now, SendBatch batch)
    {
    }

    /// <inheritdoc/>
    public override void RequestRepair(Instant now, SendBatch batch)
    {
    }

    /// <inheritdoc/>
    protected override void OnKeyFrame()
    {
    }

    /// <inheritdoc/>
    protected override void OnSwitchedOn()
    {
    }
}
