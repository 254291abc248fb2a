using System.Net;
using System.Text;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Tests.Stun;

public class StunReaderTests
{
    [Fact]
    public void TheSampleRequestOfRfc5769Reads()
    {
        Assert.True(StunReader.TryRead(Rfc5769.SampleRequest, out var request));
        Assert.Equal(StunClass.Request, request.Class);
        Assert.True(request.IsBinding);
        Assert.Equal(Rfc5769.TransactionId, request.TransactionId.ToArray());
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(request.Username));
        Assert.True(request.TrySplitUsername(out var receiver, out var sender));
        Assert.Equal(("evtj", "h6vY"), (Encoding.ASCII.GetString(receiver), Encoding.ASCII.GetString(sender)));
        Assert.Equal(0x6e0001ffu, request.Priority);
        Assert.Equal(0x932ff9b151263b36u, request.IceControlled);
        Assert.Null(request.IceControlling);
        Assert.False(request.UseCandidate);
        Assert.Equal(0, request.ErrorCode);
        Assert.False(request.TryGetXorMappedAddress(out _));
        Assert.True(request.VerifyFingerprint());
        Assert.True(request.VerifyMessageIntegrity(Rfc5769.Password));
        Assert.False(request.VerifyMessageIntegrity("VOkJxbRl1RmTxUk/WvJxBu"u8));
        Assert.False(request.HasUnknownRequiredAttribute(out _));
    }

    [Fact]
    public void TheSampleResponsesOfRfc5769Read()
    {
        foreach (var (bytes, endpoint) in new[]
        {
            (Rfc5769.IPv4Response, "192.0.2.1:32853"),
            (Rfc5769.IPv6Response, "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
        })
        {
            Assert.True(StunReader.TryRead(bytes, out var response));
            Assert.Equal(StunClass.SuccessResponse, response.Class);
            Assert.True(response.IsBinding);
            Assert.True(response.TryGetXorMappedAddress(out var mapped));
            Assert.Equal(TransportAddress.From(IPEndPoint.Parse(endpoint)), mapped);
            Assert.True(response.VerifyFingerprint());
            Assert.True(response.VerifyMessageIntegrity(Rfc5769.Password));
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("000100002112a442b7e7a701bc34d686fa87df", "a header that is cut")]
    [InlineData("400100002112a442b7e7a701bc34d686fa87dfae", "first bits not zero")]
    [InlineData("000100002112a443b7e7a701bc34d686fa87dfae", "another cookie")]
    [InlineData("000100042112a442b7e7a701bc34d686fa87dfae", "a length beyond the end")]
    [InlineData("000100002112a442b7e7a701bc34d686fa87dfae00000000", "a length before the end")]
    [InlineData("000100022112a442b7e7a701bc34d686fa87dfae8022", "half an attribute header")]
    [InlineData("000100042112a442b7e7a701bc34d686fa87dfae80220004", "a value beyond the end")]
    [InlineData("000100052112a442b7e7a701bc34d686fa87dfae8022000141", "missing padding")]
    [InlineData("000100042112a442b7e7a701bc34d686fa87dfae8022ffff", "the longest length")]
    [InlineData("000100082112a442b7e7a701bc34d686fa87dfae0024000300000000", "a short PRIORITY")]
    [InlineData("000100082112a442b7e7a701bc34d686fa87dfae0025000400000000", "a USE-CANDIDATE with a value")]
    [InlineData("000100082112a442b7e7a701bc34d686fa87dfae0008000400000000", "a short MESSAGE-INTEGRITY")]
    [InlineData("000100082112a442b7e7a701bc34d686fa87dfae8029000400000000", "a short ICE-CONTROLLED")]
    [InlineData("011100082112a442b7e7a701bc34d686fa87dfae0009000300000000", "a short ERROR-CODE")]
    [InlineData("010100082112a442b7e7a701bc34d686fa87dfae0020000400000000", "a short XOR-MAPPED-ADDRESS")]
    [InlineData("0001000c2112a442b7e7a701bc34d686fa87dfae802800040000000000250000", "an attribute after FINGERPRINT")]
    public void WhatIsNoWholeMessageIsRefused(string hex, string because)
    {
        using var guarded = new GuardedMemory();
        Assert.False(StunReader.TryRead(guarded.Copy(Convert.FromHexString(hex)), out _), because);
    }

    [Fact]
    public void AMessageLargerThanAnyCheckIsRefused()
    {
        byte[] Message(int padding)
        {
            var buffer = new byte[2000];
            var writer = StunWriter.Request(buffer, Rfc5769.TransactionId);
            writer.AddUsername(new byte[padding]);
            return buffer[..writer.Finish(default)];
        }

        Assert.Equal(StunFormat.MaxMessageLength, Message(1248).Length);
        Assert.True(StunReader.TryRead(Message(1248), out _));
        Assert.False(StunReader.TryRead(Message(1252), out _));
    }

    [Theory]
    [InlineData("0001", StunClass.Request, true)]
    [InlineData("0011", StunClass.Indication, true)]
    [InlineData("0101", StunClass.SuccessResponse, true)]
    [InlineData("0111", StunClass.ErrorResponse, true)]
    [InlineData("0003", StunClass.Request, false)]
    [InlineData("0021", StunClass.Request, false)]
    [InlineData("2001", StunClass.Request, false)]
    [InlineData("3fff", StunClass.ErrorResponse, false)]
    public void ClassAndMethodAreTakenApart(string type, object expected, bool isBinding)
    {
        Assert.True(StunReader.TryRead(Convert.FromHexString(type + "00002112a442b7e7a701bc34d686fa87dfae"), out var message));
        Assert.Equal((StunClass)expected, message.Class);
        Assert.Equal(isBinding, message.IsBinding);
    }

    [Fact]
    public void WhatFollowsTheIntegrityIsIgnored()
    {
        // An attacker on the path may append to a message that somebody else signed; only FINGERPRINT is looked at there.
        var buffer = new byte[200];
        var writer = StunWriter.Request(buffer, Rfc5769.TransactionId);
        writer.AddPriority(7);
        var length = writer.Finish(Rfc5769.Password) - 8;
        Convert.FromHexString("00250000" + "0024000400000009" + "7abc0000").CopyTo(buffer, length);
        length += 16;
        buffer[3] = (byte)(length - StunFormat.HeaderLength);

        Assert.True(StunReader.TryRead(buffer.AsSpan(0, length), out var message));
        Assert.True(message.VerifyMessageIntegrity(Rfc5769.Password));
        Assert.False(message.UseCandidate);
        Assert.Equal(7u, message.Priority);
        Assert.False(message.HasUnknownRequiredAttribute(out _));
    }

    [Fact]
    public void OfARepeatedAttributeTheFirstCounts()
    {
        var buffer = new byte[200];
        var writer = StunWriter.Request(buffer, Rfc5769.TransactionId);
        writer.AddPriority(1);
        writer.AddPriority(2);
        writer.AddUsername("first:one"u8);
        writer.AddUsername("second:one"u8);
        Assert.True(StunReader.TryRead(buffer.AsSpan(0, writer.Finish(default)), out var message));
        Assert.Equal(1u, message.Priority);
        Assert.Equal("first:one", Encoding.ASCII.GetString(message.Username));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(":", false)]
    [InlineData("a:", false)]
    [InlineData(":b", false)]
    [InlineData("ab", false)]
    [InlineData("a:b", true)]
    public void AUserNameSplitsOnlyBetweenTwoFragments(string username, bool splits)
    {
        var buffer = new byte[100];
        var writer = StunWriter.Request(buffer, Rfc5769.TransactionId);
        writer.AddUsername(Encoding.ASCII.GetBytes(username));
        Assert.True(StunReader.TryRead(buffer.AsSpan(0, writer.Finish(default)), out var message));
        Assert.Equal(splits, message.TrySplitUsername(out _, out _));
    }

    [Fact]
    public void RequiredAttributesThatNobodyKnowsAreNamedAndOptionalOnesAreNot()
    {
        var bytes = Convert.FromHexString("0001000c2112a442b7e7a701bc34d686fa87dfae" + "c0570000" + "00030000" + "7fff0000");
        Assert.True(StunReader.TryRead(bytes, out var message));
        Assert.True(message.HasUnknownRequiredAttribute(out var first));
        Assert.Equal(0x0003, first);
        var types = new ushort[4];
        Assert.Equal(2, message.CopyUnknownRequiredAttributes(types));
        Assert.Equal([0x0003, 0x7fff, 0, 0], types);
        Assert.Equal(1, message.CopyUnknownRequiredAttributes(types.AsSpan(0, 1)));
    }
}
