namespace Streaming.Rtc.Sfu;

/// <summary>Divides what a viewer's link carries: the voice first, then the screen, then as much of the camera as is left.</summary>
/// <remarks>
/// Belongs to one <see cref="WatcherTransport"/>. What is being sent may take all of the estimate; what would be added has to leave room, and
/// waits until the link has been good for a while. A viewer who had to give up soon after a step waits longer each time, so that
/// nothing flaps. While the estimate is only a beginning, the smallest picture goes anyhow: there is no sign yet that it would not fit.
/// </remarks>
internal sealed class Allocator
{
    /// <summary>What is kept free for stills of the screen beside the voice, in bit/s: with less, the voice becomes thin first.</summary>
    public const int Stills = 20_000;

    /// <summary>The share of the estimate that something new may fill.</summary>
    private const double Climb = 0.85;

    /// <summary>The share that it may fill while the viewer would still have to wait: with so much to spare there is nothing to be afraid of.</summary>
    private const double EarlyClimb = 0.65;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private Instant _climbFrom = Instant.LongAgo;
    private Instant _earlyFrom = Instant.LongAgo;
    private Instant _climbed = Instant.LongAgo;
    private Instant _fell = Instant.LongAgo;
    private TimeSpan _hold = ShortestHold;
    private bool _hadScreen;
    private bool _hadCamera;

    /// <summary>What the viewer gets.</summary>
    public Allocation Current { get; private set; } = new(VoiceForm.Full, false, -1, 0);

    /// <summary>What it costs, in bit/s on the wire.</summary>
    public int Cost { get; private set; }

    /// <summary>How much the estimate would have to be for the next step, with some to spare: more need not be looked for.</summary>
    public int Wanted { get; private set; }

    /// <summary>Begins with as little as there is: the link has shown already that it is weak.</summary>
    public void BeginCarefully(Instant now)
    {
        Current = Current with { Voice = VoiceForm.Thin };
        (_hadScreen, _hadCamera) = (true, true);
        (_climbFrom, _earlyFrom) = (now + ShortestHold, now + ShortestHold);
    }

    /// <summary>Decides anew.</summary>
    /// <param name="now">The time.</param>
    /// <param name="target">What the link carries, in bit/s on the wire.</param>
    /// <param name="isProven">Whether that was ever found to be the limit.</param>
    /// <param name="offering">What there is.</param>
    /// <returns>Whether the viewer gets something else from now on.</returns>
    public bool Update(Instant now, int target, bool isProven, in Offering offering)
    {
        // Something that the teacher has just switched on has no history here.
        var isNew = (offering.Screen > 0 && !_hadScreen) || (!offering.Camera.IsEmpty && !_hadCamera);
        (_hadScreen, _hadCamera) = (offering.Screen > 0, !offering.Camera.IsEmpty);
        var room = (int)(target * (now >= _climbFrom || isNew ? Climb : now >= _earlyFrom ? EarlyClimb : 0));
        var (keep, add) = (target, room);

        var voice = Fits(offering.Voice + Stills, Current.Voice == VoiceForm.Full, keep, add) || offering.ThinVoice == 0
            ? VoiceForm.Full
            : VoiceForm.Thin;
        var spent = voice == VoiceForm.Full ? offering.Voice : offering.ThinVoice;
        var next = voice == VoiceForm.Full ? 0 : offering.Voice + Stills;

        // No picture while the voice itself has to be spared.
        var mayShow = voice == VoiceForm.Full || !isProven;
        var screen = mayShow && offering.Screen > 0 && (!isProven || Fits(spent + offering.Screen, Current.HasScreen, keep, add));
        if (screen)
        {
            spent += offering.Screen;
        }
        else if (offering.Screen > 0 && next == 0)
        {
            next = spent + offering.Screen;
        }

        var hasStills = screen || Fits(spent + Stills, Current.HasStills, keep, add);
        var step = Choose(mayShow ? offering.Camera : [], spent, keep, add, isProven, ref next);
        var chosen = step < 0 ? default : offering.Camera[step];
        var plan = new Allocation(voice, screen, step < 0 ? -1 : chosen.Layer, chosen.Temporal) { HasStills = hasStills };
        Cost = spent + chosen.Bitrate;
        Wanted = (int)((next == 0 ? Cost * 1.1 : next) / (now >= _climbFrom ? Climb : EarlyClimb) * 1.05);
        return Take(now, plan);
    }

    private static bool Fits(int bitrate, bool isSent, int keep, int add) => bitrate <= (isSent ? keep : add);

    private int Choose(ReadOnlySpan<CameraStep> steps, int spent, int keep, int add, bool isProven, ref int next)
    {
        var best = -1;
        for (var i = 0; i < steps.Length; i++)
        {
            var isSent = (steps[i].Layer, steps[i].Temporal).CompareTo((Current.CameraLayer, Current.CameraTemporal)) <= 0;
            if (Fits(spent + steps[i].Bitrate, isSent, keep, add) || (!isProven && steps[i].Layer == steps[0].Layer))
            {
                best = i;
            }
            else
            {
                next = next == 0 ? spent + steps[i].Bitrate : next;
                break;
            }
        }

        return best;
    }

    private bool Take(Instant now, in Allocation plan)
    {
        if (plan == Current)
        {
            return false;
        }

        if (IsLess(plan, Current))
        {
            // One fall may take several steps; it is the first that says whether the last climb was too much.
            if (now - _climbed < Soon)
            {
                _hold = Min(_hold * 2, LongestHold);
            }
            else if (now - _fell > Soon)
            {
                _hold = ShortestHold;
            }

            (_climbed, _fell, _climbFrom, _earlyFrom) = (Instant.LongAgo, now, now + _hold, now + ShortestHold);
        }
        else
        {
            (_climbed, _climbFrom, _earlyFrom) = (now, now + Pace, now + Pace);
        }

        Current = plan;
        return true;
    }

    private static bool IsLess(in Allocation a, in Allocation b) =>
        a.Voice > b.Voice || (!a.HasScreen && b.HasScreen) || (!a.HasStills && b.HasStills)
        || (a.CameraLayer, a.CameraTemporal).CompareTo((b.CameraLayer, b.CameraTemporal)) < 0;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
