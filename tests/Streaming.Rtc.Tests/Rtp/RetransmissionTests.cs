using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class RetransmissionTests
{
    [Fact]
    public void TheOriginalNumberStandsBeforeThePayload()
    {
        var buffer = new byte[14];
        var length = Retransmission.WriteHeader(
            buffer, true, new PayloadType(97), new SequenceNumber(1), 0x01020304, new Ssrc(0x22222222), new SequenceNumber(0xABCD));
        Assert.Equal(14, length);
        Assert.Equal([0x80, 0xE1, 0, 1, 1, 2, 3, 4, 0x22, 0x22, 0x22, 0x22, 0xAB, 0xCD], buffer);
    }

    [Fact]
    public void APayloadSplitsIntoNumberAndOriginal()
    {
        Assert.True(Retransmission.TryRead([0xAB, 0xCD, 5, 6], out var original, out var payload));
        Assert.Equal(new SequenceNumber(0xABCD), original);
        Assert.Equal([5, 6], payload.ToArray());
        Assert.True(Retransmission.TryRead([0xAB, 0xCD], out _, out payload));
        Assert.True(payload.IsEmpty);
        Assert.False(Retransmission.TryRead([0xAB], out _, out _));
        Assert.False(Retransmission.TryRead([], out _, out _));
    }

    [Fact]
    public void ARetransmissionIsRestoredToTheVeryPacket()
    {
        foreach (var sent in RtpSamples.All)
        {
            Assert.True(RtpReader.TryRead(sent, out var reader));
            var header = reader.HeaderLength;

            // What a browser sends again: the same header and padding, RTX's own type, number and source, the old number in between.
            byte[] resent = [.. sent[..header], sent[2], sent[3], .. sent[header..]];
            resent[1] = (byte)((sent[1] & 0x80) | 97);
            (resent[2], resent[3]) = (0x77, 0x78);
            resent.AsSpan(8, 4).Fill(0x22);

            Assert.True(Retransmission.TryRestore(resent, reader.PayloadType, reader.Ssrc, out var restored));
            Assert.Equal(sent, restored.ToArray());
        }
    }

    [Fact]
    public void AProbeOnTheRetransmissionStreamCarriesNoOriginal()
    {
        var probe = RtpSamples.Probe;
        Assert.False(Retransmission.TryRestore(probe, new PayloadType(96), new Ssrc(1), out _));
        Assert.Equal(RtpSamples.Probe, probe);
    }

    [Fact]
    public void RandomAndDamagedRetransmissionsNeverHurt()
    {
        using var memory = new GuardedMemory();
        bool Restore(ReadOnlySpan<byte> input)
        {
            var packet = memory.Copy(input);
            if (!Retransmission.TryRestore(packet, new PayloadType(96), new Ssrc(1), out var restored)) return false;

            Assert.Equal(input.Length - 2, restored.Length);
            Assert.True(RtpReader.TryRead(restored, out var reader));
            Assert.Equal(new Ssrc(1), reader.Ssrc);
            return true;
        }

        Assert.InRange(HostileInputs.FeedRandom(seed: 4588, count: 100_000, longest: 120, Restore), 1_000, 50_000);
        Assert.InRange(HostileInputs.FeedMutated(seed: 4588, count: 100_000, RtpSamples.All, Restore), 10_000, 99_999);
    }
}
