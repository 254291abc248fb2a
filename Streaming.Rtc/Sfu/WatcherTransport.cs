using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>A peer that receives the class in fixed slots.</summary>
/// <remarks>Belongs to one <see cref="RtcEngine"/>; only its RTC worker calls it.</remarks>
internal sealed partial class WatcherTransport(
    TransportId id, Room room, WatchParameters parameters, bool isObserver, RtcEngine engine, Instant admitted)
    : PeerTransport(id, room, parameters.Peer, engine, admitted)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstReport = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan QualityInterval = TimeSpan.FromSeconds(2);
    private const double NoticeableLoss = 0.008;   // a steady link is told of once
    private const int MostNumbers = 256;   // of one compound's NACKs: a datagram can name 6 000, each of them work
    private static readonly TimeSpan LongestRoundTrip = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRepair = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan DefaultAnswer = TimeSpan.FromMilliseconds(5);
    private ViewerLink? _link;
    private DownTrack[] _slots = [];
    private DownTrack[] _sending = [];
    private DownTrack? _voice;
    private bool _hasOneVoice;
    private Resender? _prober;
    private ProbeSender _probe;
    private Instant _nextReport;
    private Instant _nextQuality;
    private LinkLoss _loss;
    private double? _toldLost;
    private int _numbersLeft;
    private SentReports _reports;
    private TimeSpan? _roundTrip;

    /// <inheritdoc/>
    public override bool IsObserver => isObserver;

    /// <summary>Its slots, once connected.</summary>
    public IReadOnlyList<DownTrack> Slots => _slots;

    /// <summary>What is known of the way to it; null when it does not tell what has come.</summary>
    public ViewerLink? Link => _link;

    /// <summary>A NACK that comes sooner than this after a packet left cannot be about that packet.</summary>
    public TimeSpan ShortestAnswer =>
        _roundTrip is { } roundTrip ? (roundTrip < LongestRoundTrip ? roundTrip : LongestRoundTrip) * 0.8 : DefaultAnswer;

    /// <inheritdoc/>
    public override void Tick(Instant now, SendBatch batch)
    {
        if (IsConnected && now >= _nextReport)
        {
            _nextReport = now + (SendReports(now, batch) ? ReportInterval : FirstReport);
        }

        if (_link is not null && IsConnected)
        {
            Judge(now, batch);
        }

        if (!isObserver && now >= _nextQuality && _loss.TryTake(out var lost))
        {
            _nextQuality = now + QualityInterval;
            if (_toldLost is not { } told || Math.Abs(lost - told) >= NoticeableLoss)
            {
                _toldLost = lost;
                Engine.Raise(new WatcherQuality(Id, lost, _roundTrip));
            }
        }

        Due = IsConnected ? NextDue(now) : Instant.LongAgo;
    }

    /// <summary>Reads what the next packet of voice will need. What many watchers' memory is waited for goes on at the same time; one after the other it would not.</summary>
    /// <returns>Nothing of meaning; whoever calls must use it, or nothing is read.</returns>
    public int Touch() => _voice is null ? 0 : _voice.Touch() + Remote.Port;

    /// <summary>Sends on what has come since the last time: pictures first, for a shorter voice packet may end a segmented send, and nothing may follow it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="hasPictures">Whether anything but voice has come: else the other slots, whose memory has gone cold, are not even looked at.</param>
    /// <param name="batch">What leaves.</param>
    public void ForwardRuns(Instant now, bool hasPictures, SendBatch batch)
    {
        if (!hasPictures && _hasOneVoice)
        {
            if (_voice!.Source is { Run.Count: > 0 })
            {
                _voice.ForwardRun(now, batch);
            }

            return;
        }

        foreach (var slot in _sending)
        {
            if (slot.Next is { Run.Count: > 0 })
            {
                slot.SwitchIfReady(now, batch);
            }

            if (slot.Source is { Run.Count: > 0 })
            {
                slot.ForwardRun(now, batch);
            }
        }
    }

    /// <summary>A slot begins to get what is cached.</summary>
    public void CatchesUp() => IsRestless = true;

    /// <summary>Sends the next of what is cached to slots that catch up, and of a probe.</summary>
    public void CatchUp(Instant now, SendBatch batch)
    {
        if (_probe.IsActive)
        {
            _probe.Pump(now, _prober!, batch);
        }

        var isRestless = _probe.IsActive;
        foreach (var slot in _slots)
        {
            if (slot.IsCatchingUp)
            {
                slot.Pump(now, batch);
                isRestless |= slot.IsCatchingUp;
            }
        }

        IsRestless = isRestless;
    }

    /// <inheritdoc/>
    protected override void OnConnected(Instant now, SendBatch batch)
    {
        _link = parameters.TransportExtension == 0
            ? null
            : ViewerLink.Begin(parameters.TransportExtension, Engine.Options.Estimator, HandshakeTook, parameters.Peer.SaysHello);
        if (_link is { IsProven: true })
        {
            _allocator.BeginCarefully(now);
        }

        var counters = isObserver ? Engine.Counters.Observers : Engine.Counters.Members;
        _slots = [.. parameters.Slots.Select(slot => new DownTrack(slot, this, Outbound, Engine.Options, counters))];
        _sending = [.. _slots.OrderBy(slot => slot.Sources.Contains(TrackSource.Voice))];
        _prober = Array.Find(_slots, slot => slot.Prober is not null)?.Prober;
        _voice = Array.Find(_slots, slot => slot.Sources.Contains(TrackSource.Voice));
        _hasOneVoice = _slots.Count(slot => slot.Sources.Contains(TrackSource.Voice)) == 1;
        (_hasVoice, _takesCopies) = (_voice is not null, _voice?.Takes(Codec.Red) == true);
        (_nextReport, _nextQuality) = (now + FirstReport, now + QualityInterval);
        Room.WatcherConnected(now, this, batch);
    }

    /// <inheritdoc/>
    protected override DropReason OnRtp(Instant now, in RtpReader packet, SendBatch batch) => DropReason.NotAPublisher;

    /// <inheritdoc/>
    protected override void OnCompound() => _numbersLeft = MostNumbers;

    /// <inheritdoc/>
    protected override void OnRtcp(Instant now, in RtcpPacket packet, SendBatch batch)
    {
        switch (packet.Kind)
        {
            case RtcpKind.ReceiverReport or RtcpKind.SenderReport:
                var hasBlocks = false;
                foreach (var block in packet.ReportBlocks)
                {
                    NoteReport(now, block);
                    hasBlocks = true;
                }

                if (hasBlocks)
                {
                    _link?.NoteReport();
                }

                break;

            case RtcpKind.Nack when Find(packet.Media) is { } slot:
                foreach (var number in packet.LostPackets)
                {
                    if (_numbersLeft-- <= 0 || !slot.Resend(now, number, batch))
                    {
                        break;
                    }
                }

                break;

            case RtcpKind.TransportFeedback when _link is not null && packet.TryGetTransportFeedback(out var feedback):
                _link.Heard(now, feedback, _roundTrip ?? TimeSpan.Zero);
                RepairVoice(now, batch);
                break;

            case RtcpKind.Pli:
                Find(packet.Media)?.PictureLost(now, batch);
                break;

            case RtcpKind.Fir:
                foreach (var entry in packet.FirEntries)
                {
                    Find(entry.Ssrc)?.PictureLost(now, batch);
                }

                break;
        }
    }

    // What comes later than that is not waited for by anybody.
    private bool CanRepair => _link is { Estimator.RoundTrip: var roundTrip } && roundTrip > TimeSpan.Zero && roundTrip < LongestRepair;

    private void RepairVoice(Instant now, SendBatch batch)
    {
        if (_voice is null || !CanRepair)
        {
            return;
        }

        foreach (var number in _link!.Estimator.JustLost)
        {
            _voice.Repair(now, number, _copies.Copies, batch);
        }
    }

    private bool SendReports(Instant now, SendBatch batch)
    {
        var sent = false;
        Span<byte> compound = stackalloc byte[256];
        foreach (var slot in _slots)
        {
            if (!slot.TryMakeReport(now, out var report))
            {
                continue;
            }

            var writer = new RtcpWriter(compound);
            writer.SenderReport(report, []);
            writer.SourceDescription(slot.Ssrc, parameters.CanonicalName);
            SendRtcp(compound[..writer.Length], batch);
            _reports.Note(now, report.NtpTime);
            sent = true;
        }

        return sent;
    }

    private void NoteReport(Instant now, in ReportBlock block)
    {
        if (Find(block.Ssrc) is not { } slot)
        {
            return;
        }

        _loss.Add(slot.NoteReport(block, out var lost), lost);
        Due = Instant.Earlier(Due, now);   // perhaps it is to be told
        if (_reports.RoundTripOf(now, block) is { } roundTrip)
        {
            _roundTrip = roundTrip;
        }
    }

    private Instant NextDue(Instant now)
    {
        var tells = _nextQuality > now ? _nextQuality : Instant.Never;   // once it is past, with the next report
        return Instant.Earlier(Instant.Earlier(NextLook, tells), Instant.Earlier(_nextReport, _link?.NextTick ?? Instant.Never));
    }

    private DownTrack? Find(Ssrc ssrc)
    {
        foreach (var slot in _slots)
        {
            if (slot.Ssrc == ssrc)
            {
                return slot;
            }
        }

        return null;
    }
}
