using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Sfu;

/// <summary>The way to one viewer: numbers what leaves over all its streams, and learns from its feedback how much may.</summary>
/// <remarks>Belongs to one <see cref="WatcherTransport"/>; only its RTC worker calls it.</remarks>
internal sealed class ViewerLink
{
    /// <summary>A handshake that takes longer than this went over a weak link: then the beginning is careful.</summary>
    private static readonly TimeSpan UsualHandshake = TimeSpan.FromMilliseconds(220);

    /// <summary>The same where we say hello: half as many bytes pass until there are keys.</summary>
    private static readonly TimeSpan UsualHello = TimeSpan.FromMilliseconds(170);

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(80);
    private const int CarefulStart = 50_000;   // thin voice, and some of it again
    private const int MuteReports = 3;
    private static readonly TimeSpan LossRemembered = TimeSpan.FromSeconds(30);
    private const int MostUnnumbered = 4_000;
    private const double PaceFactor = 1.15;
    private const double UnknownPace = 1_000_000;
    private readonly byte _extension;
    private readonly BitrateEstimator _estimator;
    private readonly SendHistory _history;
    private Pacer _pacer;
    private SequenceNumber _next;
    private Instant _nextBeat;
    private int _unnumbered;
    private int _reports;
    private Instant _lostAt = Instant.LongAgo;
    private bool _hasSpoken;

    /// <summary>Begins with the options' start.</summary>
    /// <param name="extension">The identifier of the transport number's header extension, 1–14.</param>
    /// <param name="options">Between which rates the estimate moves.</param>
    public ViewerLink(byte extension, EstimatorOptions options)
    {
        (_extension, _estimator) = (extension, new BitrateEstimator(options));
        _history = _estimator.History;
    }

    /// <summary>Begins with what the handshake has shown: one that took long went over a link that a usual beginning would fill for seconds.</summary>
    /// <param name="extension">The identifier of the transport number's header extension, 1–14.</param>
    /// <param name="options">Between which rates the estimate moves.</param>
    /// <param name="handshake">From our first flight to the one that gave us keys.</param>
    /// <param name="saidHello">Whether that flight was the hello.</param>
    public static ViewerLink Begin(byte extension, EstimatorOptions options, TimeSpan handshake, bool saidHello)
    {
        var usual = saidHello ? UsualHello : UsualHandshake;
        if (handshake <= usual)
        {
            return new ViewerLink(extension, options);
        }

        // Squared, because what is slow is mostly far as well: half of the time is the way's, whatever its rate.
        var share = usual / handshake;
        var start = (int)Math.Max(CarefulStart, options.Start * share * share);
        return new ViewerLink(extension, options with { Start = start }) { IsProven = true };
    }

    /// <summary>The identifier of the transport number's header extension, 1–14.</summary>
    public byte Extension => _extension;

    /// <summary>The transport number of the next packet.</summary>
    public SequenceNumber Next => _next;

    /// <summary>What the feedback says.</summary>
    public BitrateEstimator Estimator => _estimator;

    /// <summary>Whether the viewer reports, but has never said what had come, though it offered to.</summary>
    public bool IsMute => !_hasSpoken && _reports >= MuteReports;

    /// <summary>Whether something was lost lately: then each packet of voice has a number, so that it is known which one.</summary>
    public bool IsLossy { get; private set; }

    /// <summary>Whether the estimate was ever found to be the limit; before, it is only where the search began.</summary>
    public bool IsProven { get; private set; }

    /// <summary>The packet with the number <see cref="Next"/> leaves.</summary>
    /// <param name="now">When.</param>
    /// <param name="datagram">Its bytes, encrypted.</param>
    /// <param name="probe">The probe that it belongs to; 0 for none.</param>
    public void Sent(Instant now, int datagram, byte probe = 0)
    {
        var bytes = datagram + WireSize.IPv4AndUdp;
        if (probe == 0)
        {
            _history.Note(now, _next, bytes + _unnumbered);
            _pacer.Spend(bytes);
        }
        else
        {
            _estimator.OnSent(now, _next, bytes + _unnumbered, probe);
        }

        _unnumbered = 0;
        _next += 1;
    }

    /// <summary>A packet is about to be made: what <see cref="Sent"/> will need is fetched meanwhile.</summary>
    public void Expect() => _history.Prefetch(_next);

    /// <summary>The largest group of pictures that is not too much for the link at once, in bytes: a quarter of a second, while it is not known half.</summary>
    public int CatchUpBytes => IsMute ? int.MaxValue : (int)(IsProven ? _estimator.Target / 8 / 4 : Math.Max(_estimator.Target, UnknownPace) / 8 / 2);

    /// <summary>A packet without number leaves; it is reckoned with the next one that has one.</summary>
    public void SentUnnumbered(int datagram)
    {
        _unnumbered = Math.Min(_unnumbered + datagram + WireSize.IPv4AndUdp, MostUnnumbered);
        _pacer.Spend(datagram + WireSize.IPv4AndUdp);
    }

    /// <summary>Whether the next packet of a picture may leave by now.</summary>
    public bool MayPass(Instant now) => IsMute || _pacer.MayPass(now);

    /// <summary>Sets how fast pictures leave: somewhat faster than the link is thought to be, so that they do not fall behind.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cost">What is being sent, in bit/s on the wire.</param>
    public void Pace(Instant now, int cost) =>
        _pacer.SetRate(now, IsProven ? Math.Max(_estimator.Target, cost) * PaceFactor : Math.Max(Math.Max(_estimator.Target, cost) * 1.5, UnknownPace));

    /// <summary>Takes what the viewer says of what has come.</summary>
    public void Heard(Instant now, in TransportFeedback feedback, TimeSpan roundTrip)
    {
        _hasSpoken = true;
        _estimator.OnFeedback(now, feedback, roundTrip);
        if (!_estimator.JustLost.IsEmpty)
        {
            (_lostAt, IsLossy) = (now, true);
        }

        NoteProof();
    }

    /// <summary>A receiver report came: whoever receives enough for that has had something to tell of.</summary>
    public void NoteReport() => _reports = Math.Min(_reports + 1, MuteReports);

    /// <summary>When <see cref="Tick"/> has something to do.</summary>
    public Instant NextTick => _nextBeat;

    /// <summary>Lets time pass.</summary>
    /// <returns>Whether it was time to judge anew.</returns>
    public bool Tick(Instant now)
    {
        if (now < _nextBeat)
        {
            return false;
        }

        _nextBeat = now + Beat;
        IsLossy &= now - _lostAt < LossRemembered;
        _estimator.Tick(now);
        NoteProof();
        return true;
    }

    private void NoteProof() => IsProven |=
        _estimator.Reason is EstimateReason.OverUse or EstimateReason.StandingQueue or EstimateReason.Loss or EstimateReason.Silence;
}
