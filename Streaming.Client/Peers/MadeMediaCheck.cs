using Streaming.Rtc;
using Streaming.Rtc.Rtp;

namespace Streaming.Client.Peers;

/// <summary>Checks made media where it arrives: each byte, and how long it took by one clock at both ends.</summary>
/// <remarks>Give <see cref="Look"/> to <see cref="HeadlessPeerOptions.OnPacket"/>. One may serve many peers of one thread.</remarks>
public sealed class MadeMediaCheck
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(0.1);

    private readonly long[] _latencies = new long[20_001];   // 0–2 s; the last one is for all beyond
    private readonly Codec _video;

    /// <summary>Makes a check.</summary>
    /// <param name="video">What pictures are made as.</param>
    public MadeMediaCheck(Codec video = Codec.Vp8) => _video = video;

    /// <summary>Packets whose every byte was right.</summary>
    public long Right { get; private set; }

    /// <summary>Packets that were not what was made.</summary>
    public long Wrong { get; private set; }

    /// <summary>The longest latency.</summary>
    public TimeSpan Worst { get; private set; }

    /// <summary>Looks at one packet; retransmissions are checked but their latency is not counted.</summary>
    public void Look(ReceivedTrack track, Instant now, in ReceivedPacket packet)
    {
        if (!MadeStamp.TryRead(track.IsVideo ? _video : Codec.Opus, packet.Payload, out var stamp))
        {
            Wrong++;
            return;
        }

        Right++;
        if (packet.IsRecovered)
        {
            return;
        }

        var latency = now - stamp.SentAt;
        Worst = latency > Worst ? latency : Worst;
        _latencies[(int)Math.Clamp(latency.Ticks / Step.Ticks, 0, _latencies.Length - 1)]++;
    }

    /// <summary>The latency that a share of the packets does not exceed, in steps of 0.1 ms.</summary>
    /// <param name="share">0–1; 0.5 is the median.</param>
    public TimeSpan Latency(double share)
    {
        var wanted = (long)Math.Ceiling(share * _latencies.Sum());
        var seen = 0L;
        for (var i = 0; i < _latencies.Length; i++)
        {
            seen += _latencies[i];
            if (seen >= wanted)
            {
                return Step * (i + 1);
            }
        }

        return Worst;
    }

    /// <summary>Forgets everything; for measuring after a start.</summary>
    public void Clear()
    {
        Array.Clear(_latencies);
        (Right, Wrong, Worst) = (0, 0, TimeSpan.Zero);
    }
}
