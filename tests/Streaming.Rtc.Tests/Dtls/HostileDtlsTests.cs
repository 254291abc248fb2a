using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Tests.Dtls;

/// <summary>What is not DTLS disturbs nothing; what is almost DTLS may end a handshake, but never the process and never in false trust.</summary>
public sealed class HostileDtlsTests
{
    [Fact]
    public void GarbageBetweenTheFlightsDisturbsNothing()
    {
        using var memory = new GuardedMemory(2_048);
        var random = new Random(20);
        for (var seed = 0; seed < 25; seed++)
        {
            using var link = new DtlsLink(seed) { Loss = 0.2 };
            link.BeforeDelivery = (to, genuine) =>
            {
                for (var i = 0; i < 50; i++)
                {
                    to.Receive(link.Now, Garbage(memory, random, genuine));
                    link.Peer(to).Receive(link.Now, Garbage(memory, random, genuine));
                }
            };
            link.Connect();
            DtlsTransportTests.AssertKeysFit(link);
        }
    }

    [Fact]
    public void MutatedHandshakesEndInOrderOrInFailure()
    {
        using var memory = new GuardedMemory(2_048);
        var random = new Random(21);
        var failed = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            using var link = new DtlsLink(seed);
            link.BeforeDelivery = (to, genuine) =>
            {
                for (var i = 0; i < 4; i++)
                    to.Receive(link.Now, Mutate(memory, random, genuine));
            };
            link.Start();
            link.Run(TimeSpan.FromSeconds(35), () => link.BothConnected);

            Assert.NotEqual(DtlsState.Handshaking, link.Server.State);
            Assert.NotEqual(DtlsState.Handshaking, link.Client.State);
            if (link.BothConnected)
                DtlsTransportTests.AssertKeysFit(link);
            else
                failed++;
        }

        // Mutations of plaintext that parse reach the transcript; the Finished message finds them out.
        Assert.InRange(failed, 1, 400);
    }

    [Fact]
    public void AfterTheHandshakeNothingForgedEndsTheAssociation()
    {
        // Found so: OpenSSL 3.0 gives an association up over an alert of the right epoch that is too short to be encrypted.
        using var memory = new GuardedMemory(2_048);
        var random = new Random(22);
        using var link = new DtlsLink();
        link.Connect();
        byte[] plainAlert = [21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40];
        byte[] plainClose = [21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 8, 0, 2, 1, 0];
        byte[] shortAlert = [21, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 0, 8, 0, 2, 1, 0];
        byte[][] genuine = [.. link.Sent.Select(sent => sent.Datagram), plainAlert, plainClose, shortAlert];
        foreach (var end in (DtlsTransport[])[link.Server, link.Client])
        {
            for (var i = 0; i < 5_000; i++)
            {
                end.Receive(link.Now, Garbage(memory, random, genuine[random.Next(genuine.Length)]));
                end.Receive(link.Now, Mutate(memory, random, genuine[random.Next(genuine.Length)]));
                end.Receive(link.Now, genuine[random.Next(genuine.Length)]);
            }

            Assert.Equal(DtlsState.Connected, end.State);
        }

        // And it still hears what is genuine.
        while (link.Client.TryTakeOutgoing(new byte[1_500], out _) || link.Server.TryTakeOutgoing(new byte[1_500], out _))
            continue;
        link.Client.Close();
        link.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(DtlsState.Closed, link.Server.State);
    }

    [Fact]
    public void RecordsAreJudgedWithoutReadingPastTheEnd()
    {
        using var memory = new GuardedMemory(2_048);
        var random = new Random(23);
        byte[] record = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var valid = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var datagram = memory.Tail(random.Next(60));
            random.NextBytes(datagram);
            record.AsSpan(0, Math.Min(random.Next(2) == 0 ? 13 : 3, datagram.Length)).CopyTo(datagram);
            if (datagram.Length > 12)
                datagram[12] = (byte)random.Next(64);

            if (DtlsRecords.AreValid(datagram))
                valid++;
            _ = DtlsRecords.HavePlainHandshake(datagram);
        }

        Assert.InRange(valid, 1, 99_999);
    }

    [Theory]
    [InlineData("")] // nothing
    [InlineData("16FEFD00000000000000000000")] // no fragment at all
    [InlineData("16FEFD0000000000000000000101")] // whole
    [InlineData("16FEFD00000000000000000002FF")] // shorter than it says
    [InlineData("16FEFD0000000000000000000101FF")] // with a tail that is no record
    [InlineData("16030300000000000000000101FF")] // TLS, not DTLS
    [InlineData("18FEFD0000000000000000000101")] // heartbeat
    [InlineData("17FEFD0000000000000000000101")] // application data that is not encrypted
    public void OnlyWholeRecordsOfKnownTypesAreValid(string datagram) =>
        Assert.Equal(datagram == "16FEFD0000000000000000000101", DtlsRecords.AreValid(Convert.FromHexString(datagram)));

    [Theory]
    [InlineData(1, false)]
    [InlineData(23, false)] // explicit nonce and tag take 24
    [InlineData(24, true)]
    public void AnEncryptedRecordHoldsAtLeastNonceAndTag(byte length, bool valid) => Assert.All(
        (byte[])[20, 21, 22, 23],
        type => Assert.Equal(valid, DtlsRecords.AreValid([type, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 0, 0, 0, length, .. new byte[length]])));

    private static ReadOnlySpan<byte> Garbage(GuardedMemory memory, Random random, byte[] genuine)
    {
        switch (random.Next(5))
        {
            case 0: // cut off anywhere
                return memory.Copy(genuine.AsSpan(0, random.Next(Math.Min(genuine.Length, 14 + genuine[12] + (genuine[11] << 8)) - 1)));
            case 1: // a record of no type that a handshake knows
                Span<byte> other = memory.Copy(genuine);
                other[0] = (byte)random.Next(24, 64);
                return other;
            case 2: // application data before there are keys
                Span<byte> data = memory.Copy(genuine);
                data[0] = 23;
                data[3] = data[4] = 0;
                return data;
            default: // noise, sometimes with a plausible first byte
                var noise = memory.Tail(random.Next(200));
                random.NextBytes(noise);
                if (noise.Length > 0 && random.Next(2) == 0)
                    noise[0] = (byte)random.Next(20, 64);
                return noise;
        }
    }

    private static Span<byte> Mutate(GuardedMemory memory, Random random, byte[] genuine)
    {
        var copy = memory.Copy(genuine);
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            copy[random.Next(random.Next(2) == 0 ? Math.Min(40, copy.Length) : copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }
}
