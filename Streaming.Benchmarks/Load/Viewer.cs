using System.Buffers.Binary;
using System.Runtime.Versioning;
using Streaming.Client.Peers;
using Streaming.Rtc;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Benchmarks.Load;

/// <summary>What kind of viewer one is.</summary>
/// <param name="Class">Which class it watches, from 0; -1 for a class that nobody measures.</param>
/// <param name="IsSampled">Each packet is decrypted and its content checked; its latency counts.</param>
/// <param name="CountsGaps">The time between its packets counts.</param>
internal sealed record ViewerKind(int Class, bool IsSampled, bool CountsGaps);

/// <summary>One viewer: a real peer to the server, and as little as possible besides. Headers are read in clear; a sampled one decrypts.</summary>
/// <remarks>It asks for nothing again (no NACK, no PLI), so that what is lost stays visible. Belongs to the thread of a <see cref="ViewerLoop"/>.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class Viewer(ViewerLink link, ViewerKind kind, ViewerMeters meters) : IDisposable
{
    private const int MostStreams = 8;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);   // as browsers do for video

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _receives = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Ssrc _reporter = new((uint)Random.Shared.NextInt64(1, uint.MaxValue));
    private ViewerFeedback? _feedback;
    private ViewerStream[] _streams = [];
    private NegotiatedFormat[] _formats = [];
    private Instant _nextReport = Instant.Never;
    private long _lastPacketAt;
    private long _wrong;
    private long _checked;

    public ViewerLink Link => link;

    public ViewerKind Kind => kind;

    /// <summary>Done when the keys are agreed; fails when they never will be.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Done with the first media packet.</summary>
    public Task Receives => _receives.Task;

    /// <summary>Whether the first 320 bytes of each datagram are enough for it: it is connected, and decrypts no media.</summary>
    public bool ReadsHeadersOnly => !kind.IsSampled && _nextReport != Instant.Never;

    /// <summary>When <see cref="Tick"/> wants to be called next.</summary>
    public Instant NextTick => Instant.Earlier(Instant.Earlier(link.NextTick, _nextReport), _feedback?.Due ?? Instant.Never);

    /// <summary>What it has received.</summary>
    public ViewerCounts Counts
    {
        get
        {
            var counts = new ViewerCounts { Dropped = link.KernelDrops, Wrong = _wrong, Checked = _checked };
            foreach (var stream in _streams)
            {
                var book = stream.Book;
                counts += stream.Codec is null
                    ? default
                    : new ViewerCounts(book.Packets, book.Missing, 0, book.Duplicates, book.OutOfOrder, book.Restarts, 0, 0);
            }

            return counts;
        }
    }

    /// <summary>Takes the server's answer.</summary>
    public void Accept(Instant now, LoopbackAnswer answer)
    {
        _formats = [.. answer.Answer.Sections.SelectMany(section => section.Formats)];
        var extension = answer.Answer.Sections.Select(section => section.ExtensionOf(HeaderExtensionUris.TransportCc)).FirstOrDefault(id => id != 0);
        _feedback = extension == 0 ? null : new ViewerFeedback(extension, _reporter);
        link.Accept(now, answer);
    }

    /// <summary>Takes one datagram and may spoil it.</summary>
    public void Receive(Instant now, Span<byte> datagram, long receivedAt)
    {
        switch (datagram)   // RFC 7983 §7
        {
            case [>= 128 and < 192, >= 192 and < 224, ..]:
                ReceiveRtcp(now, datagram);
                break;
            case [>= 128 and < 192, ..] when datagram.Length > RtpWriter.HeaderLength:
                ReceiveRtp(now, datagram, receivedAt);
                break;
            case [>= 20 and < 64, ..]:
                link.ReceiveDtls(now, datagram);
                Settle(now);
                break;
            case [< 4, ..]:
                link.ReceiveStun(now, datagram);
                Settle(now);
                break;
        }
    }

    /// <summary>Sends what is due: checks, the handshake, reports, feedback.</summary>
    public void Tick(Instant now)
    {
        if (now >= link.NextTick)
        {
            link.Tick(now);
            Settle(now);
        }

        if (now >= _nextReport)
        {
            _nextReport = now + ReportInterval;
            Report(now);
        }

        if (_feedback is { } feedback && now >= feedback.Due)
        {
            Tell(now, feedback);
        }
    }

    public void Dispose()
    {
        link.Dispose();
        _connected.TrySetException(new LoadException("A viewer was closed before it was connected."));
        _receives.TrySetException(new LoadException("A viewer was closed before it received anything."));
        _ = (_connected.Task.Exception, _receives.Task.Exception);   // seen, whether somebody waits or not
    }

    private void Settle(Instant now)
    {
        if (link.Failure is { } failure)
        {
            (_nextReport, _feedback) = (Instant.Never, null);
            _connected.TrySetException(new LoadException($"A viewer did not connect: {failure}"));
        }
        else if (link.Outbound is not null && _connected.TrySetResult())
        {
            _nextReport = now + ReportInterval;
            _feedback?.Begin(now, Random.Shared.NextDouble());
        }
    }

    private void ReceiveRtp(Instant now, Span<byte> datagram, long receivedAt)
    {
        _feedback?.Note(datagram, receivedAt == 0 ? StampClock.Now() : StampClock.FromNanoseconds(receivedAt));
        var stream = StreamOf(BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]), (byte)(datagram[1] & 0x7F));
        if (stream?.Codec is not { } codec)
        {
            return;
        }

        var number = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        stream.Book.Take(number);
        stream.Statistics.Receive(now, new SequenceNumber(number), BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]), codec == Codec.Opus ? 48_000 : 90_000);
        if (!_receives.Task.IsCompleted)
        {
            _receives.TrySetResult();
        }

        if (kind.CountsGaps && receivedAt != 0)
        {
            if (_lastPacketAt != 0)
            {
                meters.Gaps.Add(receivedAt - _lastPacketAt);
            }

            _lastPacketAt = receivedAt;
        }

        if (kind.IsSampled)
        {
            Check(codec, datagram, receivedAt);
        }
    }

    private void Check(Codec codec, Span<byte> datagram, long receivedAt)
    {
        if (link.Inbound is not { } inbound || !inbound.TryUnprotect(datagram, out var length, out _)
            || !RtpReader.TryRead(datagram[..length], out var packet) || !MadeStamp.TryRead(codec, packet.Payload, out var stamp))
        {
            _wrong++;
            return;
        }

        _checked++;
        if (receivedAt != 0)
        {
            var latency = receivedAt - StampClock.ToNanoseconds(stamp.SentAt);
            meters.Latency.Add(latency);
            meters.LastLatency.Add(latency);
        }
    }

    private void ReceiveRtcp(Instant now, Span<byte> datagram)
    {
        if (link.Inbound is not { } inbound || !inbound.TryUnprotectRtcp(datagram, out var length, out _)
            || !RtcpReader.TryRead(datagram[..length], out var compound))
        {
            return;
        }

        while (compound.TryNext(out var packet))
        {
            if (packet.Kind == RtcpKind.SenderReport && packet.TryGetSenderReport(out var report))
            {
                foreach (var stream in _streams)
                {
                    if (stream.Ssrc == report.Ssrc.Value)
                    {
                        stream.Statistics.NoteSenderReport(now, report.NtpTime);
                    }
                }
            }
        }
    }

    private void Report(Instant now)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[MostStreams];
        var count = 0;
        foreach (var stream in _streams)
        {
            if (stream.Codec is not null)
            {
                blocks[count++] = stream.Statistics.MakeReport(now, new Ssrc(stream.Ssrc));
            }
        }

        Span<byte> compound = stackalloc byte[400];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(_reporter, blocks[..count]);
        writer.SourceDescription(_reporter, "load");
        Send(compound[..writer.Length]);
    }

    private void Tell(Instant now, ViewerFeedback feedback)
    {
        Span<byte> compound = stackalloc byte[ViewerFeedback.MostBytes];
        if (feedback.Write(now, compound) is > 0 and var length)
        {
            meters.Feedbacks++;
            Send(compound[..length]);
        }
    }

    private void Send(ReadOnlySpan<byte> compound)
    {
        Span<byte> sent = stackalloc byte[compound.Length + link.Outbound!.RtcpOverhead];
        link.Send(sent[..link.Outbound.ProtectRtcp(compound, sent)]);
    }

    private ViewerStream? StreamOf(uint ssrc, byte type)
    {
        foreach (var stream in _streams)
        {
            if (stream.Ssrc == ssrc)
            {
                return stream;
            }
        }

        if (_streams.Length == MostStreams)
        {
            return null;
        }

        var format = Array.FindIndex(_formats, format => format.PayloadType.Value == type);
        var found = new ViewerStream(ssrc, format < 0 ? null : _formats[format].Format.Codec);
        _streams = [.. _streams, found];
        return found;
    }
}

/// <summary>What all viewers of a loop measure together.</summary>
internal sealed class ViewerMeters
{
    /// <summary>From the send that the payload tells to the kernel's receive timestamp; sampled viewers only.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>The same, but cleared before the measuring ends: how it stands then.</summary>
    public LatencyHistogram LastLatency { get; } = new();

    /// <summary>Between one packet and the next at one viewer, by the kernel's receive timestamps.</summary>
    public LatencyHistogram Gaps { get; } = new();

    /// <summary>Feedbacks that were sent, of all viewers.</summary>
    public long Feedbacks { get; set; }
}

/// <summary>Wall-clock time as a made payload carries it: the clock of the kernel's receive timestamps.</summary>
[SupportedOSPlatform("linux")]
internal static class StampClock
{
    /// <summary>Now, for the stamp of a packet.</summary>
    public static Instant Now() => new(Rtc.Net.Libc.RealTimeNanoseconds() / TimeSpan.NanosecondsPerTick);

    /// <summary>The kernel's time of receipt.</summary>
    public static Instant FromNanoseconds(long receivedAt) => new(receivedAt / TimeSpan.NanosecondsPerTick);

    /// <summary>What a stamp says, in nanoseconds since 1970.</summary>
    public static long ToNanoseconds(Instant stamp) => stamp.Ticks * TimeSpan.NanosecondsPerTick;
}
