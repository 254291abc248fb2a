using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

/// <summary>A voice that is sent through an <see cref="OpusMerger"/>, and what came out of it.</summary>
internal sealed class MergedStream(ushort number = 100, uint timestamp = 1_000, int samples = OpusMerger.DefaultSamples)
{
    private readonly List<(uint Timestamp, byte Configuration, byte[] Frame)> _sent = [];
    private readonly List<(uint Timestamp, byte Configuration, byte[] Frame)> _received = [];
    private ushort _number = number;
    private uint _timestamp = timestamp;
    private int _frames;
    private (ushort Number, uint Timestamp, byte[] Payload)? _last;

    public OpusMerger Merger { get; } = new(new SequenceNumber(7), samples);

    public Instant Now { get; set; } = new(TimeSpan.TicksPerHour);

    /// <summary>What came out.</summary>
    public List<(ushort Number, uint Timestamp, bool Marker, int Samples, int Frames, byte[] Payload)> Out { get; } = [];

    /// <summary>The last packet that was lost.</summary>
    public (ushort Number, uint Timestamp)? Lost { get; private set; }

    /// <summary>Sends a frame of bytes of its own.</summary>
    public int Send(OpusToc toc, int length, bool marker = false) => Send(OpusSamples.One(toc, OpusSamples.Frame(length, ++_frames)), marker);

    public void SendMany(int count, OpusToc toc, int length)
    {
        for (var i = 0; i < count; i++)
        {
            Send(toc, length);
        }
    }

    /// <summary>Sends a packet in its turn.</summary>
    public int Send(byte[] payload, bool marker = false)
    {
        Assert.True(OpusPacket.TryRead(payload, out var packet));
        Note(_sent, packet, _timestamp);
        var finished = Add(_number, _timestamp, payload, marker);
        _last = (_number, _timestamp, payload);
        _number++;
        _timestamp += (uint)packet.Samples;
        Now += TimeSpan.FromSeconds(packet.Samples / 48_000.0);
        return finished;
    }

    /// <summary>A packet of 20 ms does not arrive.</summary>
    public void Lose()
    {
        Lost = (_number, _timestamp);
        SkipNumber();
        Pause(samples: 960);
    }

    public void SkipNumber() => _number++;

    public void Pause(int samples)
    {
        _timestamp += (uint)samples;
        Now += TimeSpan.FromSeconds(samples / 48_000.0);
    }

    public void Restart(ushort number, uint timestamp) => (_number, _timestamp) = (number, timestamp);

    /// <summary>The last packet comes once more.</summary>
    public void Repeat()
    {
        if (_last is { } last)
        {
            Add(last.Number, last.Timestamp, last.Payload);
        }
    }

    /// <summary>Lets anything arrive.</summary>
    public int Add(ushort number, uint timestamp, byte[] payload, bool marker = false) =>
        Take(Merger.Add(Now, new SequenceNumber(number), timestamp, marker, payload));

    public void Tick(Instant now) => Take(Merger.Tick(now));

    public void Finish() => Take(Merger.Finish());

    /// <summary>Every frame that was sent came out once, in order, at its time, of its configuration, byte by byte the same.</summary>
    public void AssertAllFramesAreThere()
    {
        Assert.NotEmpty(_sent);
        Assert.Equal(_sent.Count, _received.Count);
        for (var i = 0; i < _sent.Count; i++)
        {
            Assert.Equal((_sent[i].Timestamp, _sent[i].Configuration), (_received[i].Timestamp, _received[i].Configuration));
            Assert.Equal(_sent[i].Frame, _received[i].Frame);
        }
    }

    private int Take(int finished)
    {
        var count = 0;
        while (Merger.TryTake(out var merged))
        {
            count++;
            Assert.True(OpusPacket.TryRead(merged.Payload, out var packet));
            Assert.Equal(merged.Samples, packet.Samples);
            Assert.Equal(0, packet.PaddingLength);
            if (Out.Count > 0)
            {
                Assert.Equal((ushort)(Out[^1].Number + 1), merged.SequenceNumber.Value);
            }

            Out.Add((merged.SequenceNumber.Value, merged.Timestamp, merged.Marker, merged.Samples, packet.FrameCount, merged.Payload.ToArray()));
            Note(_received, packet, merged.Timestamp);
        }

        Assert.Equal(finished, count);
        return finished;
    }

    private static void Note(List<(uint Timestamp, byte Configuration, byte[] Frame)> notes, in OpusPacket packet, uint timestamp)
    {
        for (var i = 0; i < packet.FrameCount; i++)
        {
            notes.Add((timestamp + (uint)(i * packet.Toc.FrameSamples), packet.Toc.WithCode(0).Value, packet.Frame(i).ToArray()));
        }
    }
}
