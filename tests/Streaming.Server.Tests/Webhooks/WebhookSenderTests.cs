using System.Net;
using System.Security.Cryptography;
using System.Text;
using Streaming.Server.Attendance;
using Streaming.Server.Telemetry;
using Streaming.Server.Webhooks;
using static Streaming.Server.Tests.Webhooks.WebhookRig;

namespace Streaming.Server.Tests.Webhooks;

public sealed class WebhookSenderTests : IAsyncDisposable
{
    private readonly WebhookRig _rig = new();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task EachClassIsToldInItsOrderAndToEachReceiver()
    {
        await _rig.StartAsync(One, Two);
        for (var i = 0; i < 40; i++)
        {
            _rig.Write(_rig.Join("math", $"m{i}"), _rig.Entry("math", LedgerKind.Media, $"m{i}"), _rig.Join("art", $"a{i}"), _rig.Leave("art", $"a{i}"));
        }

        await _rig.UntilToldAsync(120, One);
        await _rig.UntilToldAsync(120, Two);

        foreach (var url in (string[])[One, Two])
        {
            Assert.Equal(Enumerable.Range(0, 40).Select(i => $"math joined m{i}"), Of("math", url));
            Assert.Equal(Enumerable.Range(0, 40).SelectMany(i => (string[])[$"art joined a{i}", $"art left a{i}"]), Of("art", url));
        }
    }

    [Fact]
    public async Task AFailedPostIsTriedAgainLaterAndLaterWithTheSameIdAndANewSignature()
    {
        var refusals = 4;
        _rig.Receivers.Answer = (_, _) => Task.FromResult(
            ScriptedReceivers.Status(refusals-- > 0 ? HttpStatusCode.BadRequest : HttpStatusCode.OK));
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"), _rig.Leave("math", "ada"));

        // 1, 2, 4 and 8 s, of which chance leaves off a quarter here.
        foreach (var wait in (double[])[0.75, 1.5, 3, 6])
        {
            await _rig.PassAsync(wait);
        }

        await _rig.UntilToldAsync(6);
        var posts = _rig.Receivers.All;
        Assert.Equal(["joined", "joined", "joined", "joined", "joined", "left"], posts.Select(post => post.Told.Split(' ')[1]));
        Assert.Single(posts.Take(5).Select(post => post.Id).Distinct());
        Assert.Equal([0, 0, 2, 5, 11], posts.Take(5).Select(post => post.Timestamp - posts[0].Timestamp));
        Assert.Equal(4, posts.Take(5).Select(post => post.Signature).Distinct().Count());
        Assert.Equal([0, 0.75, 2.25, 5.25, 11.25], posts.Take(5).Select(post => (post.At - posts[0].At).TotalSeconds));
        Assert.All(posts, post => Assert.Equal(post.At.ToUnixTimeSeconds(), post.Timestamp));
        await _rig.UntilDoneAsync();
    }

    [Fact]
    public async Task AReceiverThatHangsHoldsUpNeitherTheOtherNorTheJournal()
    {
        _rig.Receivers.Answer = async (post, cancelled) =>
        {
            if (post.Url == One)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancelled);
            }

            return ScriptedReceivers.Status(HttpStatusCode.OK);
        };
        await _rig.StartAsync(One, Two);
        for (var i = 0; i < 30; i++)
        {
            _rig.Write(_rig.Join($"class-{i}", "ada"));
        }

        await _rig.UntilToldAsync(30, Two);
        await _rig.UntilToldAsync(WebhookCourier.InFlight, One);
        Assert.Equal(WebhookCourier.InFlight, _rig.Receivers.Told(One).Count);

        await _rig.PassAsync(WebhookPost.TimeLimit.TotalSeconds);
        await _rig.UntilToldAsync(2 * WebhookCourier.InFlight, One);
        Assert.Equal("Timeout", _rig.Courier.Receiver.Reason);
    }

    [Fact]
    public async Task AnEventThatIsRefusedHoldsUpItsOwnClassAlone()
    {
        _rig.Receivers.Answer = (post, _) => Task.FromResult(
            ScriptedReceivers.Status(post.Class == "math" ? HttpStatusCode.NotFound : HttpStatusCode.OK));
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"), _rig.Leave("math", "ada"), _rig.Join("art", "bo"), _rig.Leave("art", "bo"));

        await _rig.UntilToldAsync(3);
        Assert.Equal(["art joined bo", "art left bo"], Of("art", One));
        Assert.Equal(["math joined ada"], Of("math", One));
    }

    [Fact]
    public async Task AReceiverThatIsGoneIsLeftAloneUntilTheNextStart()
    {
        _rig.Receivers.Answer = (_, _) => Task.FromResult(ScriptedReceivers.Status(HttpStatusCode.Gone));
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"));
        await UntilAsync(() => _rig.Courier.Receiver.IsGone, "it is gone");
        _rig.Write(_rig.Leave("math", "ada"), _rig.Join("art", "bo"));
        _rig.Time.Advance(TimeSpan.FromHours(1));
        var health = new WebhookHealth(_rig.Sender, _rig.Time).Check();
        Assert.Equal((HealthState.Degraded, "one.example.org wants no webhooks any more (410); nothing is sent there until the next start."), (health.State, health.Detail));

        _rig.Receivers.Answer = (_, _) => Ok();
        await _rig.RestartAsync(One);
        await _rig.UntilToldAsync(4);
        Assert.Equal(["math joined ada", "math joined ada", "math left ada"], Of("math", One));
    }

    [Fact]
    public async Task AReceiverThatAsksForTimeGetsItFromAllClasses()
    {
        _rig.Receivers.Answer = (_, _) =>
        {
            var busy = ScriptedReceivers.Status(HttpStatusCode.TooManyRequests);
            busy.Headers.Add("Retry-After", "40");
            return Task.FromResult(busy);
        };
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"));
        await UntilAsync(() => _rig.Time.IsAwaited(TimeSpan.FromSeconds(40)), "it waits");
        _rig.Write(_rig.Join("art", "bo"));
        await UntilAsync(() => _rig.Time.IsAwaited(TimeSpan.FromSeconds(40), by: 2), "both wait");
        _rig.Time.Advance(TimeSpan.FromSeconds(39.5));
        Assert.Single(_rig.Receivers.All);

        _rig.Receivers.Answer = (_, _) => Ok();
        await _rig.PassAsync(0.5);
        await _rig.UntilToldAsync(3);
        Assert.Equal(40, (_rig.Receivers.All[1].At - _rig.Receivers.All[0].At).TotalSeconds);
    }

    [Fact]
    public async Task AnEventIsTriedForThreeDaysAndTheLossIsCounted()
    {
        _rig.Receivers.Answer = (_, _) => Task.FromResult(ScriptedReceivers.Status(HttpStatusCode.InternalServerError));
        await _rig.StartAsync(One);
        var now = _rig.Time.GetUtcNow();
        _rig.Write(_rig.Join("math", "ada") with { At = now - WebhookRetry.GiveUpAfter + TimeSpan.FromSeconds(1) }, _rig.Join("math", "bo"));
        await _rig.PassAsync(0.75);
        await _rig.PassAsync(1.5);
        await UntilAsync(() => _rig.Courier.Receiver.LostEvents == 1, "one is given up");
        await _rig.UntilToldAsync(3);

        Assert.Equal(["math joined ada", "math joined ada", "math joined bo"], _rig.Receivers.Told());
        Assert.Equal(1, _rig.Courier.Look().Waiting);
        Assert.Equal(now, _rig.Courier.Look().FailingSince);
    }

    [Fact]
    public async Task HealthNamesTheHostAfterAMinuteAndNeverTheAddressAndAllClassesGoOnWhenItIsBack()
    {
        var isAway = true;
        _rig.Receivers.Answer = (_, _) => Task.FromResult(ScriptedReceivers.Status(isAway ? HttpStatusCode.BadGateway : HttpStatusCode.OK));
        await _rig.StartAsync(One);
        var health = new WebhookHealth(_rig.Sender, _rig.Time);
        _rig.Write(_rig.Join("math", "ada"), _rig.Entry("math", LedgerKind.Media, "ada"));
        foreach (var wait in (double[])[0.75, 1.5, 3, 6, 12, 24])
        {
            await _rig.PassAsync(wait);
        }

        await _rig.UntilToldAsync(7);
        Assert.Equal(HealthState.Ok, health.Check().State);
        await _rig.PassAsync(48);
        await _rig.UntilToldAsync(8);
        await UntilAsync(() => _rig.Time.IsAwaited(TimeSpan.FromSeconds(96)), "math waits");
        var check = health.Check();
        Assert.Equal(HealthState.Degraded, check.State);
        Assert.Equal("one.example.org has not taken an event for 1 min (502); 2 entries of the ledger wait for it.", check.Detail);

        // Another class's event is taken: nobody has to wait for 96 s.
        isAway = false;
        _rig.Write(_rig.Join("art", "bo"));
        await _rig.UntilToldAsync(10);
        await _rig.UntilDoneAsync();
        Assert.Equal(HealthState.Ok, health.Check().State);
    }

    [Fact]
    public async Task WhatIsSignedIsWhatIsSent()
    {
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"));
        await _rig.UntilToldAsync(1);
        var post = _rig.Receivers.All[0];

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{post.Id}.{post.Timestamp}."), .. post.Bytes];
        using var hmac = new HMACSHA256(new byte[32]);
        Assert.Equal($"v1,{Convert.ToBase64String(hmac.ComputeHash(signed))}", post.Signature);
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0.5)]
    [InlineData(4, 0, 8)]
    [InlineData(9, 0, 256)]
    [InlineData(10, 0, 300)]
    [InlineData(1_000, 0.5, 225)]
    public void WaitsDoubleUpToFiveMinutesLessWhatChanceLeavesOff(int failures, double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), WebhookRetry.Wait(failures, chance));

    private static Task<HttpResponseMessage> Ok() => Task.FromResult(ScriptedReceivers.Status(HttpStatusCode.OK));

    private IEnumerable<string> Of(string @class, string url) => _rig.Receivers.All.Where(post => post.Url == url && post.Class == @class).Select(post => post.Told);
}
