using System.Net;
using System.Text;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Tests.Ice;

public class IceLiteAgentTests
{
    private static readonly IceCredentials Ours = new("server/1", "the password of the server");
    private static readonly IceCredentials Theirs = new("client+2", "the password of the client");
    private static readonly byte[] OurKey = Encoding.ASCII.GetBytes(Ours.Password);
    private static readonly TransportAddress Wifi = TransportAddress.From(IPEndPoint.Parse("192.0.2.7:5000"));
    private static readonly TransportAddress Mobile = TransportAddress.From(IPEndPoint.Parse("[2001:db8::7]:6000"));
    private static readonly Instant Start = new(0);

    private readonly IceLiteAgent _agent = new(Ours, Theirs);
    private readonly byte[] _response = new byte[IceLiteAgent.MaxResponseLength];
    private int _responseLength;
    private DropReason _dropped;

    [Fact]
    public void AVerifiedCheckIsAnsweredWithTheAddressItCameFrom()
    {
        foreach (var from in new[] { Wifi, Mobile })
        {
            Receive(Start, Check(), from);
            Assert.True(StunReader.TryRead(_response.AsSpan(0, _responseLength), out var answer));
            Assert.Equal(StunClass.SuccessResponse, answer.Class);
            Assert.Equal(TransactionId, answer.TransactionId.ToArray());
            Assert.True(answer.TryGetXorMappedAddress(out var mapped));
            Assert.Equal(from, mapped);
            Assert.True(answer.VerifyMessageIntegrity(OurKey));
            Assert.True(answer.VerifyFingerprint());
        }
    }

    [Fact]
    public void TheFirstVerifiedCheckGivesAnAddressBeforeAnyNomination()
    {
        Assert.Null(_agent.Remote);
        Assert.Equal(IceVerdict.FirstPath, Receive(Start, Check(), Wifi));
        Assert.Equal(Wifi, _agent.Remote);
        Assert.False(_agent.IsNominated);
        Assert.Equal(IceVerdict.Kept, Receive(Start, Check(), Wifi));
        Assert.Equal(IceVerdict.Kept, Receive(Start, Check(), Mobile));
        Assert.Equal(Wifi, _agent.Remote);
    }

    [Fact]
    public void ANominationOfTheSameAddressMovesNothing()
    {
        Receive(Start, Check(), Wifi);
        Assert.Equal(IceVerdict.Kept, Receive(Start, Check(nominate: true), Wifi));
        Assert.True(_agent.IsNominated);
        Assert.Equal(Wifi, _agent.Remote);
    }

    [Fact]
    public void ANominationMovesTheSendAddressAndALaterOneMovesItBack()
    {
        Receive(Start, Check(nominate: true), Wifi);
        Assert.Equal(IceVerdict.PathMoved, Receive(Start, Check(nominate: true), Mobile));
        Assert.Equal(Mobile, _agent.Remote);
        Assert.Equal(IceVerdict.Kept, Receive(Start, Check(), Wifi));
        Assert.Equal(Mobile, _agent.Remote);
        Assert.Equal(IceVerdict.PathMoved, Receive(Start, Check(nominate: true), Wifi));
        Assert.Equal(Wifi, _agent.Remote);
    }

    [Fact]
    public void WhoNominatesEverythingIsSentToByUdpAndByTcpOnceUdpIsNominatedNoMore()
    {
        var tcp = Wifi.By(1);
        Receive(Start, Check(nominate: true), tcp);
        Assert.Equal(IceVerdict.PathMoved, Receive(Start, Check(nominate: true), Wifi));
        Assert.Equal(IceVerdict.Kept, Receive(Start, Check(nominate: true), tcp));
        Assert.Equal(Wifi, _agent.Remote);

        // UDP goes on to be checked, but the browser has chosen TCP.
        Assert.Equal(IceVerdict.Kept, Receive(Start + TimeSpan.FromSeconds(2.9), Check(), Wifi));
        Assert.Equal(IceVerdict.Kept, Receive(Start + TimeSpan.FromSeconds(2.9), Check(nominate: true), tcp));
        Assert.Equal(IceVerdict.PathMoved, Receive(Start + TimeSpan.FromSeconds(3), Check(nominate: true), tcp));
        Assert.Equal(tcp, _agent.Remote);
        Assert.Equal(IceVerdict.PathMoved, Receive(Start + TimeSpan.FromSeconds(3), Check(nominate: true), tcp.By(2)));
    }

    [Fact]
    public void ConsentLastsThirtySecondsFromTheLastCheckOfTheAddressInUse()
    {
        Assert.Equal(Instant.Never, _agent.ConsentExpires);
        Receive(Start, Check(), Wifi);
        Assert.Equal(Start + TimeSpan.FromSeconds(30), _agent.ConsentExpires);
        Receive(Start + TimeSpan.FromSeconds(5), Check(), Wifi);
        Assert.Equal(Start + TimeSpan.FromSeconds(35), _agent.ConsentExpires);

        Receive(Start + TimeSpan.FromSeconds(10), Check(), Mobile);
        Assert.Equal(Start + TimeSpan.FromSeconds(35), _agent.ConsentExpires);
        Receive(Start + TimeSpan.FromSeconds(12), Check(nominate: true), Mobile);
        Assert.Equal(Start + TimeSpan.FromSeconds(42), _agent.ConsentExpires);
    }

    [Fact]
    public void WhatIsNotBelievedChangesNothing()
    {
        Receive(Start, Check(), Wifi);
        var forged = Check(nominate: true, key: "the password of somebody"u8.ToArray());
        Assert.Equal(IceVerdict.Dropped, Receive(Start + TimeSpan.FromSeconds(9), forged, Mobile));
        Assert.Equal((Wifi, false, Start + TimeSpan.FromSeconds(30)), (_agent.Remote, _agent.IsNominated, _agent.ConsentExpires));
    }

    [Theory]
    [InlineData("server/1:client+3")]
    [InlineData("server/2:client+2")]
    [InlineData("server/1:client+2:")]
    [InlineData("server/1:client+22")]
    [InlineData("client+2:server/1")]
    [InlineData("server/1")]
    public void AnotherUserNameIsUnauthenticated(string username)
    {
        Assert.Equal(IceVerdict.Dropped, Receive(Start, Check(username: username), Wifi));
        AssertRefused(DropReason.StunUnknownUser, 401, signed: false);
    }

    [Fact]
    public void AnotherPasswordIsUnauthenticated()
    {
        Receive(Start, Check(key: Encoding.ASCII.GetBytes(Theirs.Password)), Wifi);
        AssertRefused(DropReason.StunIntegrity, 401, signed: false);
    }

    [Fact]
    public void ACheckWithoutIntegrityIsABadRequest()
    {
        Receive(Start, Check(key: []), Wifi);
        AssertRefused(DropReason.StunIntegrity, 400, signed: false);
    }

    [Fact]
    public void ACheckWithoutUserNameIsABadRequest()
    {
        Receive(Start, Check(username: ""), Wifi);
        AssertRefused(DropReason.StunIntegrity, 400, signed: false);
    }

    [Fact]
    public void AWrongFingerprintGetsNoAnswerAtAll()
    {
        var check = Check();
        check[^1] ^= 1;
        Assert.Equal(IceVerdict.Dropped, Receive(Start, check, Wifi));
        Assert.Equal((DropReason.StunIntegrity, 0), (_dropped, _responseLength));
    }

    [Fact]
    public void ACheckWithoutFingerprintIsBelievedByItsIntegrity()
    {
        var check = Check()[..^8];
        check[3] -= 8;
        Assert.Equal(IceVerdict.FirstPath, Receive(Start, check, Wifi));
    }

    [Fact]
    public void AnAttributeThatMustBeKnownIsNamedInTheRefusal()
    {
        Receive(Start, Check(unknown: 0x7ABC), Wifi);
        AssertRefused(DropReason.StunRefused, 420, signed: true);
        Assert.Contains("000A00027ABC0000", Convert.ToHexString(_response.AsSpan(0, _responseLength)), StringComparison.Ordinal);
    }

    [Fact]
    public void APeerThatBelievesItselfControlledIsToldOtherwise()
    {
        Receive(Start, Check(controlled: true), Wifi);
        AssertRefused(DropReason.StunRefused, 487, signed: true);
    }

    [Theory]
    [InlineData("0011")]
    [InlineData("0101")]
    [InlineData("0111")]
    [InlineData("0003")]
    public void WhatIsNoBindingRequestGetsNoAnswer(string type)
    {
        var message = Check();
        Convert.FromHexString(type).CopyTo(message, 0);
        Assert.Equal(IceVerdict.Dropped, Receive(Start, message, Wifi));
        Assert.Equal((DropReason.StunMalformed, 0), (_dropped, _responseLength));
    }

    [Fact]
    public void AStrangerNeverGetsMoreBytesThanWereSent()
    {
        var bare = Convert.FromHexString("000100002112A442" + Convert.ToHexString(TransactionId));
        Assert.Equal(IceVerdict.Dropped, Receive(Start, bare, Wifi));
        Assert.Equal((DropReason.StunIntegrity, 0), (_dropped, _responseLength));

        for (var length = 0; length < 40; length++)
        {
            var question = Check(username: new string('x', length), key: []);
            Receive(Start, question, Wifi);
            Assert.InRange(_responseLength, 0, question.Length);
        }
    }

    [Fact]
    public void NoRequestAllocates()
    {
        var (good, bad, refused) = (Check(nominate: true), Check(key: [1, 2, 3]), Check(unknown: 0x7000));
        long allocated = 0;
        // The first round pays for what the runtime sets up once.
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var count = 0; count < 100; count++)
            {
                Receive(Start, good, count % 2 == 0 ? Wifi : Mobile);
                Receive(Start, bad, Wifi);
                Receive(Start, refused, Wifi);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static readonly byte[] TransactionId = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    private static byte[] Check(
        string? username = null, byte[]? key = null, bool nominate = false, bool controlled = false, ushort unknown = 0)
    {
        var buffer = new byte[512];
        var writer = StunWriter.Request(buffer, TransactionId);
        if (username != "") writer.AddUsername(Encoding.ASCII.GetBytes(username ?? $"{Ours.Ufrag}:{Theirs.Ufrag}"));
        writer.AddPriority(1);
        if (controlled) writer.AddIceControlled(5);
        else writer.AddIceControlling(5);
        if (nominate) writer.AddUseCandidate();
        if (unknown == 0) return buffer[..writer.Finish(key ?? OurKey)];

        // The writer knows no unknown attribute: write one that is as long, and give it the type before it is signed.
        var before = buffer.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        writer.AddErrorCode(300);
        buffer[before] = (byte)(unknown >> 8);
        buffer[before + 1] = (byte)unknown;
        return buffer[..writer.Finish(key ?? OurKey)];
    }

    private IceVerdict Receive(Instant now, byte[] bytes, TransportAddress from)
    {
        Assert.True(StunReader.TryRead(bytes, out var request));
        return _agent.Receive(now, request, from, _response, out _responseLength, out _dropped);
    }

    private void AssertRefused(DropReason reason, int code, bool signed)
    {
        Assert.Null(_agent.Remote);
        Assert.Equal(reason, _dropped);
        Assert.True(StunReader.TryRead(_response.AsSpan(0, _responseLength), out var answer));
        Assert.Equal(StunClass.ErrorResponse, answer.Class);
        Assert.Equal(TransactionId, answer.TransactionId.ToArray());
        Assert.Equal(code, answer.ErrorCode);
        Assert.Equal(signed, answer.VerifyMessageIntegrity(OurKey));
        Assert.Equal(signed, answer.HasMessageIntegrity);
        Assert.True(answer.VerifyFingerprint());
    }
}
