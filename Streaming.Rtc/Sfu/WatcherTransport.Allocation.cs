using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Sfu;

/// <content>What fills the slots: as much of the class as the viewer's link carries.</content>
internal sealed partial class WatcherTransport
{
    // Until it is known what a track costs.
    private const int UsualVoice = 56_000;
    private const int UsualScreen = 250_000;
    private const int UsualLayer = 120_000;
    private const int MostSteps = 4 * RateMeter.Layers;
    private const int VoicePackets = 50;   // a second, of 20 ms each
    private const int ThinFrames = 3;
    private const double VoiceShare = 0.9;

    private readonly Allocator _allocator = new();
    private RedundancyPlan _copies = new();
    private bool _wasJudged = true;
    private bool _hasVoice;
    private bool _takesCopies;
    private Rung? _rung;
    private Rung _highest = Rung.Picture;

    /// <summary>What it gets; everything when nothing is known of its link.</summary>
    public Allocation Allocation => (IsJudged ? _allocator.Current : Allocation.All).UpTo(_highest);

    // A link is judged by what its viewer tells; one that has promised to and does not gets everything, as one that cannot.
    private bool IsJudged => _link is { IsMute: false };

    /// <summary>What is known of its link and what it gets, in a line for logs.</summary>
    public string DescribeLink() => _link is not { Estimator: { } estimator } ? "" : string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"target {estimator.Target / 1000} wanted {estimator.Wanted / 1000} acked {estimator.AckedBitrate / 1000} kbit/s, loss {estimator.Loss:0.00}, queue {estimator.QueueDelay.TotalMilliseconds:0} ms, {estimator.State} {estimator.Reason}, {(_link.IsProven ? "" : "un")}proven, cost {_allocator.Cost / 1000}, copies {_copies.Copies}, {Allocation}");

    /// <summary>Chooses anew what fills which slot.</summary>
    public void Fill(Instant now, SendBatch batch)
    {
        if (IsJudged)
        {
            Allocate(now);
        }

        foreach (var slot in _slots)
        {
            var (track, temporal) = Choose(slot);
            slot.Show(now, track, temporal, batch);
        }
    }

    /// <summary>Takes what the viewer wants at most, whatever its link carries.</summary>
    public void Limit(Instant now, Rung highest, SendBatch batch)
    {
        _highest = highest;
        if (!IsConnected)
        {
            return;
        }

        Fill(now, batch);
        if (_link is not null)
        {
            TellRung();
        }
    }

    private void Judge(Instant now, SendBatch batch)
    {
        if (!_link!.Tick(now))
        {
            return;
        }

        if (IsJudged != _wasJudged)
        {
            _wasJudged = IsJudged;
            Fill(now, batch);
            TellRung();
        }

        if (!IsJudged)
        {
            return;
        }

        var copies = _copies.Copies;
        if (Allocate(now) || copies != _copies.Copies || LacksLayer())
        {
            Fill(now, batch);
        }

        TellRung();
        if (_prober is not null)
        {
            _probe.Begin(now, _link.Estimator);
            IsRestless |= _probe.IsActive;
        }
    }

    // A layer that could not be begun with when it was allotted is looked for again.
    private bool LacksLayer()
    {
        foreach (var slot in _slots)
        {
            if (slot is { Source.Source: TrackSource.Camera, Next: null } && slot.Source.Layer != Allocation.CameraLayer)
            {
                return true;
            }
        }

        return false;
    }

    private void TellRung()
    {
        var screen = Room.Layers(TrackSource.Screen).Best is { IsOn: true };
        var camera = Room.Layers(TrackSource.Camera).Best is { IsOn: true };
        var hasPicture = screen ? Allocation.HasScreen : Allocation.CameraLayer >= 0 || !camera;
        var rung = hasPicture ? Rung.Picture
            : screen && Allocation.HasStills ? Rung.Slides
            : Rung.Sound;
        if (rung != _rung)
        {
            _rung = rung;
            Engine.Raise(new WatcherRung(Id, rung, _link!.Estimator.Target));
        }
    }

    private bool Allocate(Instant now)
    {
        Span<CameraStep> steps = stackalloc CameraStep[MostSteps];
        var voice = _highest == Rung.Text ? 0 : Cost(now, TrackSource.Voice, UsualVoice);
        var canBeThin = voice > 0 && _hasVoice && Room.Layers(TrackSource.Voice).Best!.Formats[0].Format.Codec == Codec.Opus;
        PlanCopies(now, voice, canBeThin);
        var offering = new Offering
        {
            Voice = (int)ShapeOf(VoiceForm.Full, voice).BitsPerSecond(_copies.Copies),
            ThinVoice = canBeThin ? (int)ShapeOf(VoiceForm.Thin, voice).BitsPerSecond(_copies.Copies) : 0,
            Screen = _highest == Rung.Picture ? Cost(now, TrackSource.Screen, UsualScreen) : 0,
            Camera = _highest == Rung.Picture ? steps[..ListSteps(now, steps)] : [],
        };
        var hasChanged = _allocator.Update(now, _link!.Estimator.Target, _link.IsProven, offering);
        _link.Estimator.Wanted = _allocator.Wanted;
        _link.Pace(now, _allocator.Cost);
        return hasChanged;
    }

    // Copies come before everything but the voice itself: what is understood with half of the words is nothing.
    private void PlanCopies(Instant now, int voice, bool isOpus)
    {
        if (isOpus && _takesCopies)
        {
            // Where what is lost can be sent again in time, copies are for links with room for them: stills of the screen come before.
            var estimator = _link!.Estimator;
            var budget = (estimator.Target * VoiceShare) - (CanRepair ? Allocator.Stills : 0);
            _copies.Update(now, _link.IsProven || estimator.Loss > 0 ? estimator.Loss : 0, budget, ShapeOf(Allocation.Voice, voice));
        }
    }

    private static VoiceShape ShapeOf(VoiceForm form, int rate)
    {
        const int overhead = WireSize.Usual + TransportNumber.HeaderLength - RtpWriter.HeaderLength;
        var payload = Math.Max(10, (int)(rate / 8.0 / VoicePackets) - overhead);
        return form == VoiceForm.Full
            ? new VoiceShape(payload, VoicePackets, overhead)
            : new VoiceShape((payload * ThinFrames) + 2, VoicePackets / (double)ThinFrames, WireSize.Usual);
    }

    private int Cost(Instant now, TrackSource source, int usual) =>
        Room.Layers(source).Best is not { IsOn: true } track ? 0 : track.Rate(now) is > 0 and var rate ? rate : usual;

    private int ListSteps(Instant now, Span<CameraStep> steps)
    {
        var count = 0;
        foreach (var track in Room.Layers(TrackSource.Camera).Span)
        {
            // What is held back is reached from a smaller one that comes.
            if (!track.IsOn || !(track.IsAlive || (count > 0 && track.IsHeldBack(now))))
            {
                continue;
            }

            // The last step of a layer is all of it, whatever temporal layers it has at the moment. Base layers alone are worth it of the smallest only.
            var isExpected = count > 0 && (!track.IsAlive || track.IsGrowing(now));
            var highest = isExpected ? 0 : track.HighestTemporal;
            for (var temporal = highest == 0 || count == 0 ? 0 : 1; temporal <= highest && count < steps.Length; temporal++)
            {
                var known = track.IsAlive ? track.Rate(now, isExpected ? FrameLayer.Highest : temporal) : 0;
                var rate = isExpected ? Math.Max(known, RateToExpect(track, steps[count - 1].Bitrate))
                    : known > 0 ? known
                    : UsualLayer << (2 * track.Layer);
                if (count == 0 || rate > steps[count - 1].Bitrate)
                {
                    steps[count++] = new CameraStep(track.Layer, temporal == highest ? FrameLayer.Highest : temporal, rate);
                }
            }
        }

        return count;
    }

    // What it was when nobody looked, a covered lens perhaps, says little: it is twice the one below in any case.
    private static int RateToExpect(SourceTrack track, int below) =>
        Math.Max(track.RateBefore > 0 ? track.RateBefore : UsualLayer << (2 * track.Layer), 2 * below);

    private (SourceTrack? Track, int Temporal) Choose(DownTrack slot)
    {
        SourceTrack? fallback = null;
        foreach (var source in slot.Sources)
        {
            var layers = Room.Layers(source);
            if (layers.Best is not { } best)
            {
                continue;
            }

            if (best.IsOn)
            {
                return source switch
                {
                    TrackSource.Screen => (Allocation.HasScreen ? best : null, int.MaxValue),
                    TrackSource.Camera => ChooseLayer(slot, layers),
                    _ => (_highest == Rung.Text ? null : ChooseForm(best), int.MaxValue),
                };
            }

            fallback ??= best;
        }

        return (fallback, int.MaxValue);
    }

    private SourceTrack ChooseForm(SourceTrack voice) =>
        !IsJudged || voice.Forms is not { } forms || voice.Formats[0].Format.Codec != Codec.Opus
            ? voice
            : forms.Of(Allocation.Voice, _takesCopies ? _copies.Copies : 0);

    private (SourceTrack? Track, int Temporal) ChooseLayer(DownTrack slot, SourceLayers layers)
    {
        if (Allocation.CameraLayer < 0)
        {
            return (null, 0);
        }

        SourceTrack? chosen = null;
        foreach (var track in layers.Span)
        {
            // Who sees a layer goes on with it until another begins; who sees none begins with what can. And a smaller one that is alive is
            // better than a larger one that is not.
            var canBe = track.IsAlive && (track.CanStart || slot.Source?.Source == track.Source);
            if (canBe && (chosen is null || track.Layer <= Allocation.CameraLayer))
            {
                chosen = track;
            }
        }

        chosen ??= layers.Best;
        return (chosen, chosen?.Layer < Allocation.CameraLayer ? int.MaxValue : Allocation.CameraTemporal);
    }
}
