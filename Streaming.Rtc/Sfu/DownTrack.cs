using System.Security.Cryptography;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Sfu;

/// <summary>One watcher's slot: shows whatever source fills it under one unbroken numbering; encrypts and queues.</summary>
/// <remarks>Belongs to one <see cref="WatcherTransport"/>; only its RTC worker calls it.</remarks>
internal sealed partial class DownTrack
{
    private const int CatchUpBurst = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(20);
    private readonly WatchSlot _slot;
    private readonly WatcherTransport _owner;
    private readonly RtcEngineOptions _options;
    private readonly WatchCounters _counters;
    private readonly OutboundSrtpStream _stream;
    private readonly ViewerLink? _link;   // where its packets are numbered
    private readonly Resender? _resender;
    private SequenceRewriter _rewriter;
    private PlayedFormat[] _formats = [];
    private SourceTrack? _source;
    private Instant _pictureLost = Instant.LongAgo;
    private TimeSpan _patience = Patience;
    private bool _waitsForHead;
    private CatchUp _catchUp;
    private Vp8Continuity _pictures;
    private SourceTrack? _timeline;   // the clock that its timestamps went by last
    private SlotReports _reports;
    private VoiceRepairs? _repairs;   // once something was lost
    private uint _packetsSent;
    private uint _octetsSent;

    public DownTrack(WatchSlot slot, WatcherTransport owner, OutboundSrtp srtp, RtcEngineOptions options, WatchCounters counters)
    {
        (_slot, _owner, _options, _counters) = (slot, owner, options, counters);
        _stream = srtp.Open(slot.Ssrc);
        _link = slot.IsNumbered ? owner.Link : null;
        _rewriter = new SequenceRewriter((ushort)RandomNumberGenerator.GetInt32(32_768), (uint)RandomNumberGenerator.GetInt32(int.MaxValue));
        if (slot.RetransmissionSsrc is { } resendSsrc)
        {
            var paddingType = slot.Formats.FirstOrDefault(format => format.Retransmission is not null).Retransmission;
            _resender = new Resender(resendSsrc, paddingType, owner, srtp.Open(resendSsrc), _link, counters);
        }
    }

    private enum Mode
    {
        /// <summary>No source.</summary>
        Idle,

        /// <summary>A decoder cannot start yet: waits for a key frame.</summary>
        Waiting,

        /// <summary>An observer's decoder is lost: starts anew with its next turn.</summary>
        Restarting,

        /// <summary>Gets the last group of pictures from the cache, faster than it was made; live packets wait there too.</summary>
        CatchingUp,

        /// <summary>Gets each packet as it comes.</summary>
        Live,
    }

    /// <summary>What may fill it, most wanted first.</summary>
    public IReadOnlyList<TrackSource> Sources => _slot.Sources;

    /// <summary>The SSRC that the watcher sees.</summary>
    public Ssrc Ssrc => _slot.Ssrc;

    /// <summary>What fills it now.</summary>
    public SourceTrack? Source => _source;

    // Whatever gives Pump work is set here: the watcher hears of it, and is looked at.
    private Mode State
    {
        get;
        set
        {
            field = value;
            TellWhenCatchingUp();
        }
    } = Mode.Idle;

    private bool IsBehind
    {
        get;
        set
        {
            field = value;
            TellWhenCatchingUp();
        }
    }

    /// <summary>Whether <see cref="Pump"/> has work.</summary>
    public bool IsCatchingUp => State is Mode.CatchingUp or Mode.Restarting || IsBehind;

    /// <summary>Fills the slot from another track, or from none.</summary>
    public void SetSource(Instant now, SourceTrack? source, SendBatch batch)
    {
        _next = null;
        if (ReferenceEquals(_source, source))
        {
            return;
        }

        NoteLastPicture();
        CountViewer(source);
        _source = source;
        State = Mode.Idle;
        IsBehind = false;
        _resender?.Clear();
        _repairs?.Clear();
        if (source is not null)
        {
            _formats = [.. source.Formats.Select(format => PlayedFormat.Of(format, _slot))];
            Start(now, batch);
        }
    }

    /// <summary>Whoever's fault it is when what follows throws.</summary>
    public void TakeTurn() => _owner.TakeTurn();

    /// <summary>The track in the slot began a new stream, or a new life of the same one.</summary>
    public void SourceRestarted(Instant now, SendBatch batch)
    {
        _timeline = null;
        _resender?.Clear();
        _repairs?.Clear();
        Start(now, batch);
    }

    /// <summary>Sends the source's run on; each payload is encrypted straight from where it lies.</summary>
    public void ForwardRun(Instant now, SendBatch batch)
    {
        if (_source is not { Cache: { } cache } source)
        {
            return;
        }

        if (State != Mode.Live)
        {
            ForwardFirstRun(now, source, cache, batch);
            return;
        }

        foreach (var number in source.Run.Numbers)
        {
            if (!(source.IsVideo && HasToWait(now, number)) && cache.TryGet(number, out var packet))
            {
                Forward(now, packet, batch);
            }
        }
    }

    /// <inheritdoc cref="Srtp.GcmKey.Touch"/>
    public int Touch() => _stream.Touch() + _formats.Length + (int)_packetsSent + (_rewriter.HasStarted ? 1 : 0);

    /// <summary>Whether the watcher understands a codec here.</summary>
    public bool Takes(Codec codec)
    {
        foreach (var format in _slot.Formats)
        {
            if (format.Format.Codec == codec)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What sends again here, and can probe the link; null when nothing is sent again, or nothing is numbered.</summary>
    public Resender? Prober => _link is null ? null : _resender;

    /// <summary>Sends a packet again.</summary>
    /// <returns>False when no other number would be answered now either.</returns>
    public bool Resend(Instant now, SequenceNumber number, SendBatch batch) =>
        _resender is not null && _source?.Cache is { } cache && _resender.Resend(now, number, cache, _formats, _pictures, batch);

    /// <summary>Sends voice again that did not come: under a new number, for a number is never used twice, and with its old time, by which it finds its place.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lost">The transport number of what did not come.</param>
    /// <param name="copies">How many earlier packets each packet carries: what a copy makes good is not sent again.</param>
    /// <param name="batch">What leaves.</param>
    public void Repair(Instant now, SequenceNumber lost, int copies, SendBatch batch)
    {
        if (_repairs is not null && State == Mode.Live && _source is { IsVideo: false, Cache: { } cache }
            && _repairs.TryTake(now, lost, copies, out var source) && cache.TryGet(source, out var packet))
        {
            Send(now, packet, _rewriter.Insert(), _rewriter.MapTimestamp(packet.Timestamp), batch, isRepair: true);
        }
    }

    /// <summary>Takes what the watcher reports of this slot.</summary>
    /// <inheritdoc cref="SlotReports.Note"/>
    public long NoteReport(in ReportBlock block, out long lost) => _reports.Note(block, _stream, out lost);

    /// <summary>The watcher's decoder cannot go on (PLI, FIR).</summary>
    public void PictureLost(Instant now, SendBatch batch)
    {
        if (_source is not { IsVideo: true } source)
        {
            return;
        }

        // One watcher that cannot decode must not cost everybody their bitrate.
        if (now - _pictureLost < _patience)
        {
            return;
        }

        _patience = now - _pictureLost > Settled ? Patience : Min(_patience * 2, LongestPatience);
        _pictureLost = now;
        if (!_owner.IsObserver)
        {
            source.RequestRepair(now, batch);
        }
        else if (State == Mode.Live)
        {
            // An observer helps itself from the cache, so nobody is asked. It waits for its turn: were the run sent now, the members'
            // packets would leave otherwise than without it.
            State = Mode.Restarting;
        }
    }

    /// <summary>The sender report of this slot (RFC 3550 §6.4.1), in step with the publisher's clock.</summary>
    public bool TryMakeReport(Instant now, out SenderReport report)
    {
        if (State != Mode.Live || _packetsSent == 0 || _source is not { Clock.IsSet: true } source)
        {
            report = default;
            return false;
        }

        var (ntp, rtp) = source.Clock.At(now);
        report = new SenderReport(_slot.Ssrc, ntp, _rewriter.MapTimestamp(rtp), _packetsSent, _octetsSent);
        return true;
    }

    private void TellWhenCatchingUp()
    {
        if (IsCatchingUp)
        {
            _owner.CatchesUp();
        }
    }

    private void CountViewer(SourceTrack? next)
    {
        if (_source is not null)
        {
            _source.Viewers--;
        }

        if (next is not null)
        {
            next.Viewers++;
        }
    }

    private void Forward(Instant now, in MediaPacket packet, SendBatch batch)
    {
        if (_source!.IsVideo && packet.Payload.IsEmpty)
        {
            if (State == Mode.Live)
            {
                _rewriter.Skip(packet.SequenceNumber);   // it probes the link (RFC 3550 §5.1)
            }

            return;
        }

        if (State != Mode.Live && !TryGoLive(now, packet, batch))
        {
            return;
        }

        if (!MayPass(packet))
        {
            return;
        }

        var timestamp = _rewriter.MapTimestamp(packet.Timestamp);
        if (_rewriter.TryMap(now, packet.SequenceNumber, timestamp, out var number))
        {
            Send(now, packet, number, timestamp, batch);
        }
    }

    private void Send(Instant now, in MediaPacket packet, SequenceNumber number, uint timestamp, SendBatch batch, bool isRepair = false)
    {
        ref readonly var format = ref _formats[packet.Format];
        if (!format.IsPlayable || !_owner.Fits(packet.Padded.Length))
        {
            _counters.PacketsUnplayable++;
            return;
        }

        _link?.Expect();
        var slot = batch.Next(_owner.Remote);
        var isPadded = packet.Padded.Length > packet.Payload.Length;
        var isNumbered = _link is not null && (!_source!.IsSparse || _link.IsLossy || (number.Value & 1) == 0);   // eight bytes are a thirtieth of a thin packet
        var header = isNumbered
            ? RtpWriter.WriteHeaderWithTransportNumber(
                slot, packet.Marker, format.PayloadType, number, timestamp, _slot.Ssrc, _link!.Extension, _link.Next, isPadded)
            : RtpWriter.WriteHeader(slot, packet.Marker, format.PayloadType, number, timestamp, _slot.Ssrc, isPadded);
        var payload = packet.Padded;
        if (format.IsVp8 && _pictures.IsActive)
        {
            var patched = slot.Slice(header, payload.Length);   // in its place already: encrypted there
            payload.CopyTo(patched);
            _pictures.Patch(patched[..packet.Payload.Length]);
            payload = patched;
        }

        var length = _stream.Protect(slot[..header], payload, slot);
        if (!_owner.TryCommit(length, batch))
        {
            return;
        }

        if (isNumbered)
        {
            if (_link!.IsLossy && !_source!.IsVideo)
            {
                (_repairs ??= new VoiceRepairs()).Note(now, _link.Next, packet.SequenceNumber, isRepair);
            }

            _link.Sent(now, length);
        }
        else
        {
            _link?.SentUnnumbered(length);
        }

        _packetsSent++;
        _octetsSent += (uint)packet.Payload.Length;
        if (isRepair)
        {
            _counters.PacketsResent++;
        }
        else
        {
            _counters.PacketsForwarded++;
        }

        _resender?.Note(now, number, packet.SequenceNumber, timestamp);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
