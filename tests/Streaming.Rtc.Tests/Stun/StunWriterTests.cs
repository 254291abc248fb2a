using System.Net;
using System.Text;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Tests.Stun;

public class StunWriterTests
{
    private static readonly byte[] Key = "a password of 24 letters"u8.ToArray();

    [Fact]
    public void ARequestReadsAsItWasWritten()
    {
        using var guarded = new GuardedMemory();
        var buffer = new byte[256];
        var writer = StunWriter.Request(buffer, Rfc5769.TransactionId);
        writer.AddUsername("server+/:client"u8);
        writer.AddPriority(0x6E7F00FF);
        writer.AddUseCandidate();
        writer.AddIceControlling(0xFEDCBA9876543210);
        var length = writer.Finish(Key);

        Assert.True(StunReader.TryRead(guarded.Copy(buffer.AsSpan(0, length)), out var request));
        Assert.Equal(length, request.Length);
        Assert.Equal(StunClass.Request, request.Class);
        Assert.Equal(Rfc5769.TransactionId, request.TransactionId.ToArray());
        Assert.Equal("server+/:client", Encoding.ASCII.GetString(request.Username));
        Assert.Equal(0x6E7F00FFu, request.Priority);
        Assert.True(request.UseCandidate);
        Assert.Equal(0xFEDCBA9876543210u, request.IceControlling);
        Assert.Null(request.IceControlled);
        Assert.True(request.VerifyMessageIntegrity(Key));
        Assert.True(request.VerifyFingerprint());
    }

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("255.255.255.255:65535")]
    [InlineData("[::1]:443")]
    [InlineData("[2001:db8::ffff:1]:18443")]
    public void AnAddressComesBackAsItWasGiven(string endpoint)
    {
        var address = TransportAddress.From(IPEndPoint.Parse(endpoint));
        var buffer = new byte[128];
        var writer = StunWriter.SuccessResponse(buffer, Rfc5769.TransactionId);
        writer.AddXorMappedAddress(address);

        Assert.True(StunReader.TryRead(buffer.AsSpan(0, writer.Finish(Key)), out var response));
        Assert.Equal(StunClass.SuccessResponse, response.Class);
        Assert.True(response.TryGetXorMappedAddress(out var mapped));
        Assert.Equal(address, mapped);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(401)]
    [InlineData(487)]
    [InlineData(699)]
    public void AnErrorKeepsItsCodeAndWithoutAKeyHasNoIntegrity(int code)
    {
        var buffer = new byte[128];
        var writer = StunWriter.ErrorResponse(buffer, Rfc5769.TransactionId);
        writer.AddErrorCode(code);
        Assert.True(StunReader.TryRead(buffer.AsSpan(0, writer.Finish(default)), out var response));
        Assert.Equal(StunClass.ErrorResponse, response.Class);
        Assert.Equal(code, response.ErrorCode);
        Assert.False(response.HasMessageIntegrity);
        Assert.False(response.VerifyMessageIntegrity(default));
        Assert.True(response.VerifyFingerprint());
    }

    [Fact]
    public void WritingTheAddressOfRfc5769GivesItsBytes()
    {
        var buffer = new byte[128];
        var writer = StunWriter.SuccessResponse(buffer, Rfc5769.TransactionId);
        writer.AddXorMappedAddress(TransportAddress.From(IPEndPoint.Parse("192.0.2.1:32853")));
        Assert.Equal(Rfc5769.IPv4Response[36..48], buffer[20..32]);
    }

    [Fact]
    public void WhatTheBufferHeldBeforeDoesNotReachTheWire()
    {
        static byte[] Write(byte before)
        {
            var buffer = new byte[256];
            buffer.AsSpan().Fill(before);
            var writer = StunWriter.ErrorResponse(buffer, Rfc5769.TransactionId);
            writer.AddUsername("odd"u8);
            writer.AddErrorCode(420);
            writer.AddUnknownAttributes([0x7ABC]);
            writer.AddXorMappedAddress(TransportAddress.FromIPv4(1, 2));
            return buffer[..writer.Finish(Key)];
        }

        Assert.Equal(Write(0x00), Write(0xFF));
    }
}
