using System.Net;
using System.Text;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Tests.Ice;

public class IceControllerTests
{
    private static readonly IceCredentials Client = new("client+2", "the password of the client");
    private static readonly IceCredentials Server = new("server/1", "the password of the server");
    private static readonly byte[] ServerKey = Encoding.ASCII.GetBytes(Server.Password);
    private static readonly TransportAddress ServerAddress = TransportAddress.From(IPEndPoint.Parse("192.0.2.1:18443"));
    private static readonly Instant Start = new(0);

    private readonly IceController _controller = new(Client, Server, ServerAddress, tieBreaker: 42);
    private readonly byte[] _sent = new byte[IceController.MaxRequestLength];

    [Fact]
    public void NothingIsSentBeforeTheStart()
    {
        Assert.Equal(Instant.Never, _controller.NextTick);
        Assert.Equal(0, _controller.Tick(Start, _sent));
        Assert.False(_controller.HasExpired(Start + TimeSpan.FromDays(1)));
    }

    [Fact]
    public void TheFirstCheckNamesBothSidesAndNominatesNothing()
    {
        _controller.Start(Start);
        var check = Send(Start);
        Assert.Equal(StunClass.Request, check.Class);
        Assert.Equal("server/1:client+2", Encoding.ASCII.GetString(check.Username));
        Assert.Equal(0x6EFFFFFFu, check.Priority);
        Assert.Equal(42u, check.IceControlling);
        Assert.False(check.UseCandidate);
        Assert.True(check.VerifyMessageIntegrity(ServerKey));
        Assert.True(check.VerifyFingerprint());
    }

    [Fact]
    public void AnUnansweredCheckIsRepeatedMoreAndMoreSlowlyUntilItIsGivenUp()
    {
        _controller.Start(Start);
        var first = Send(Start).TransactionId.ToArray();
        var previous = Start;
        foreach (var pause in new[] { 50, 100, 200, 400, 500, 500, 500 })
        {
            Assert.Equal(TimeSpan.FromMilliseconds(pause), _controller.NextTick - previous);
            Assert.Equal(0, _controller.Tick(new Instant(_controller.NextTick.Ticks - 1), _sent));
            previous = _controller.NextTick;
            Assert.Equal(first, Send(previous).TransactionId.ToArray());
        }

        while (_controller.NextTick != Instant.Never)
        {
            previous = _controller.NextTick;
            _controller.Tick(previous, _sent);
        }

        Assert.Equal(Start + TimeSpan.FromSeconds(30), previous);
        Assert.True(_controller.HasExpired(previous));
        Assert.False(_controller.IsConnected);
    }

    [Fact]
    public void AnAnswerConnectsAndTheNextOneNominates()
    {
        _controller.Start(Start);
        Assert.True(Answer(Send(Start), Start));
        Assert.True(_controller.IsConnected);
        Assert.False(_controller.IsNominated);

        Assert.Equal(Start, _controller.NextTick);
        var nomination = Send(Start);
        Assert.True(nomination.UseCandidate);
        Assert.True(Answer(nomination, Start));
        Assert.True(_controller.IsNominated);
    }

    [Fact]
    public void ConsentIsAskedForEveryFourToSixSecondsAndNeverInStep()
    {
        Connect();
        var (now, pauses, transactions) = (Start, new List<double>(), new HashSet<string>());
        for (var round = 0; round < 200; round++)
        {
            pauses.Add((_controller.NextTick - now).TotalSeconds);
            now = _controller.NextTick;
            var check = Send(now);
            transactions.Add(Convert.ToHexString(check.TransactionId));
            Assert.True(Answer(check, now));
            Assert.Equal(now + TimeSpan.FromSeconds(30), _controller.ConsentExpires);
        }

        Assert.All(pauses, pause => Assert.InRange(pause, 4.0, 6.0));
        Assert.InRange(pauses.Average(), 4.8, 5.2);
        Assert.True(pauses.Max() - pauses.Min() > 1.5);
        Assert.Equal(200, transactions.Count);
    }

    [Fact]
    public void WithoutAnswersConsentIsOverAfterThirtySecondsAndNothingMoreIsSent()
    {
        Connect();
        var (now, sent) = (Start, 0);
        while (_controller.NextTick != Instant.Never)
        {
            now = _controller.NextTick;
            if (_controller.Tick(now, _sent) > 0) sent++;
        }

        Assert.Equal(Start + TimeSpan.FromSeconds(30), now);
        Assert.InRange(sent, 5, 7);
        Assert.True(_controller.HasExpired(now));
        Assert.True(StunReader.TryRead(_sent.AsSpan(0, LengthOf(_sent)), out var last));
        Assert.False(Answer(last, now));
        Assert.True(_controller.HasExpired(now));
    }

    [Fact]
    public void AnAnswerCountsOnce()
    {
        _controller.Start(Start);
        var check = Send(Start);
        Assert.True(Answer(check, Start));
        Assert.False(Answer(check, Start + TimeSpan.FromSeconds(1)));
        Assert.Equal(Start + TimeSpan.FromSeconds(30), _controller.ConsentExpires);
    }

    [Fact]
    public void WhatDoesNotAnswerOurCheckIsIgnored()
    {
        _controller.Start(Start);
        var check = Send(Start);
        Assert.False(Answer(check, Start, key: "the password of the client"u8.ToArray()));
        Assert.False(Answer(check, Start, key: []));
        Assert.False(Answer(check, Start, change: answer => answer[8] ^= 1));
        Assert.False(Answer(check, Start, change: answer => answer[^1] ^= 1));
        Assert.False(Answer(check, Start, change: answer => answer[1] = 0x11));
        Assert.False(_controller.Receive(Start, check));
        Assert.False(_controller.IsConnected);
        Assert.True(Answer(check, Start));
    }

    [Fact]
    public void AnUnsignedRefusalIsIgnoredAndASignedOneEndsIt()
    {
        _controller.Start(Start);
        var check = Send(Start);
        var buffer = new byte[100];
        foreach (var key in new[] { [], ServerKey })
        {
            var writer = StunWriter.ErrorResponse(buffer, check.TransactionId);
            writer.AddErrorCode(487);
            Assert.True(StunReader.TryRead(buffer.AsSpan(0, writer.Finish(key)), out var refusal));
            var isSigned = key.Length > 0;
            Assert.Equal(isSigned, _controller.Receive(Start, refusal));
            Assert.Equal(isSigned, _controller.HasExpired(Start));
        }

        Assert.Equal(Instant.Never, _controller.NextTick);
    }

    [Fact]
    public void TheLongestCredentialsFitAndTheSameTieBreakerRepeatsTheRun()
    {
        var longest = new IceCredentials(new string('u', 256), new string('p', 256));
        var runs = new List<byte[]>();
        for (var run = 0; run < 2; run++)
        {
            var controller = new IceController(longest, longest, ServerAddress, tieBreaker: ulong.MaxValue);
            controller.Start(Start);
            var length = controller.Tick(Start, _sent);
            Assert.InRange(length, 550, IceController.MaxRequestLength - 4);
            runs.Add(_sent[..length]);
        }

        Assert.Equal(runs[0], runs[1]);
    }

    private void Connect()
    {
        _controller.Start(Start);
        Assert.True(Answer(Send(Start), Start));
        Assert.True(Answer(Send(Start), Start));
    }

    private static int LengthOf(byte[] message) => StunFormat.HeaderLength + (message[2] << 8) + message[3];

    private StunReader Send(Instant now)
    {
        var length = _controller.Tick(now, _sent);
        Assert.True(StunReader.TryRead(_sent.AsSpan(0, length), out var check));
        return check;
    }

    private bool Answer(in StunReader check, Instant now, byte[]? key = null, Action<byte[]>? change = null)
    {
        var buffer = new byte[128];
        var writer = StunWriter.SuccessResponse(buffer, check.TransactionId);
        writer.AddXorMappedAddress(ServerAddress);
        var answer = buffer[..writer.Finish(key ?? ServerKey)];
        change?.Invoke(answer);
        Assert.True(StunReader.TryRead(answer, out var response));
        return _controller.Receive(now, response);
    }
}
