using Streaming.Server.Attendance;
using Streaming.Server.Webhooks;
using static Streaming.Server.Tests.Webhooks.WebhookRig;

namespace Streaming.Server.Tests.Webhooks;

/// <summary>What is told after a restart, a crash, a full disk, a class on another node; and what is kept in memory.</summary>
public sealed class WebhookMemoryTests : IAsyncDisposable
{
    private readonly WebhookRig _rig = new();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task WhatWasNotTakenIsToldAfterARestartAndWhatWasTakenIsNot()
    {
        var isAway = false;
        _rig.Receivers.Answer = (_, _) => isAway ? throw new HttpRequestException(HttpRequestError.ConnectionError) : Ok();
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"), _rig.Join("math", "bo"));
        await _rig.UntilDoneAsync();
        isAway = true;
        _rig.Write(_rig.Leave("math", "ada"), _rig.Join("art", "cy"));
        await _rig.UntilToldAsync(4);

        isAway = false;
        var before = _rig.Receivers.All;
        await _rig.RestartAsync(One);
        await _rig.UntilToldAsync(6);
        await _rig.UntilDoneAsync();
        var after = _rig.Receivers.All.Skip(before.Count).ToList();

        Assert.Equal(["art joined cy", "math left ada"], after.Select(post => post.Told).Order(StringComparer.Ordinal));
        Assert.Equal(before.Skip(2).Select(post => post.Id).Order(StringComparer.Ordinal), after.Select(post => post.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AfterACrashSomeIsToldAgainWithTheSameIdAndNothingIsLost()
    {
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"));
        await _rig.UntilDoneAsync();
        await _rig.PassAsync(WebhookSender.SaveInterval.TotalSeconds);
        await UntilAsync(() => _rig.Time.IsAwaited(WebhookSender.SaveInterval), "it is saved");
        _rig.Write(_rig.Join("math", "bo"), _rig.Join("art", "cy"));
        await _rig.UntilDoneAsync();

        // Written, and the process is gone before anybody was told.
        _rig.Journal.Write([_rig.Leave("math", "bo")], _rig.Time.GetUtcNow());
        await _rig.RestartKilledAsync(One);
        await _rig.UntilDoneAsync();

        var all = _rig.Receivers.All;
        Assert.Single(all, post => post.Told == "math joined ada");
        Assert.Single(all, post => post.Told == "math left bo");
        Assert.Equal(2, all.Count(post => post.Told == "math joined bo"));
        Assert.Single(all.Where(post => post.Told == "math joined bo").Select(post => post.Id).Distinct());
        Assert.Equal(2, all.Count(post => post.Told == "art joined cy"));
    }

    [Fact]
    public async Task WhoTurnsWebhooksOnIsNotToldOfThePastAndWhoCameThenIsToldToLeave()
    {
        _rig.Write(_rig.Join("math", "ada"), _rig.Join("art", "old"), _rig.Leave("art", "old"));
        await _rig.StartAsync(One);
        _rig.Write(_rig.Leave("math", "ada"), _rig.Join("art", "new"));
        await _rig.UntilToldAsync(2);
        await _rig.UntilDoneAsync();
        Assert.Equal(["art joined new", "math left ada"], _rig.Receivers.Told().Order(StringComparer.Ordinal));

        // Taken off the list and put back: what happened meanwhile is past, too.
        await _rig.RestartAsync(Two);
        _rig.Write(_rig.Join("math", "bo"));
        await _rig.UntilToldAsync(1, Two);
        await _rig.RestartAsync(One);
        _rig.Write(_rig.Leave("math", "bo"));
        await _rig.UntilToldAsync(3, One);
        Assert.Equal("math left bo", _rig.Receivers.Told(One)[2]);

        // The same when there was no list at all.
        await _rig.RestartAsync();
        _rig.Write(_rig.Join("math", "cy"));
        await _rig.RestartAsync(One);
        _rig.Write(_rig.Leave("math", "cy"));
        await _rig.UntilToldAsync(4, One);
        Assert.Equal("math left cy", _rig.Receivers.Told(One)[3]);
    }

    [Fact]
    public async Task WithoutReceiversNothingRunsAndNothingIsWritten()
    {
        await _rig.StartAsync();
        _rig.Write(_rig.Join("math", "ada"));

        Assert.Null(_rig.Sender.ExecuteTask);
        using var file = new Microsoft.Data.Sqlite.SqliteConnection(_rig.Journal.Source);
        file.Open();
        using var count = file.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM webhook";
        Assert.Equal(0L, count.ExecuteScalar());
    }

    [Fact]
    public async Task AFullDiskStopsNoEventAndWhatItDidNotKeepItKeepsLater()
    {
        _rig.Write(_rig.Join("math", "old"));
        _rig.Execute("CREATE TRIGGER full BEFORE INSERT ON webhook BEGIN SELECT RAISE(FAIL, 'full'); END");
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"));
        await _rig.UntilDoneAsync();
        await _rig.PassAsync(1);
        await UntilAsync(() => _rig.Time.IsAwaited(WebhookSender.SaveInterval), "saving was tried");

        _rig.Execute("DROP TRIGGER full");
        await _rig.PassAsync(1);
        await UntilAsync(() => _rig.Time.IsAwaited(WebhookSender.SaveInterval), "it is saved");
        _rig.Write(_rig.Join("math", "bo"));
        await _rig.UntilDoneAsync();
        await _rig.RestartKilledAsync(One);
        await _rig.UntilDoneAsync();

        Assert.Equal(["math joined ada", "math joined bo", "math joined bo"], _rig.Receivers.Told());
    }

    [Fact]
    public async Task WhatWasErasedBeforeItWasToldIsNotToldAnyMore()
    {
        var isAway = true;
        _rig.Receivers.Answer = (_, _) => isAway ? throw new HttpRequestException(HttpRequestError.ConnectionError) : Ok();
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"), _rig.Join("math", "bo"), _rig.Leave("math", "ada"), _rig.Leave("math", "bo"));
        await _rig.UntilToldAsync(1);
        await UntilAsync(() => _rig.Time.IsAwaited(TimeSpan.FromSeconds(0.75)), "it waits");
        _rig.Journal.Rewrite("math", [_rig.Entry("math", LedgerKind.Erased)]);

        isAway = false;
        await _rig.PassAsync(0.75);
        await _rig.UntilDoneAsync();
        _rig.Write(_rig.Join("math", "cy"));
        await _rig.UntilToldAsync(3);
        await _rig.UntilDoneAsync();
        Assert.Equal(["math joined ada", "math joined ada", "math joined cy"], _rig.Receivers.Told());
    }

    [Fact]
    public async Task WhatAnotherNodeWroteIsTheOthersToTell()
    {
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"));
        await _rig.UntilDoneAsync();
        _rig.Take(_rig.Join("math", "bo"), _rig.Leave("math", "ada"), _rig.Join("math", "cy"));
        _rig.Write(_rig.Leave("math", "bo"), _rig.Leave("math", "cy"));
        await _rig.UntilToldAsync(3);
        await _rig.UntilDoneAsync();

        Assert.Equal(["math joined ada", "math left bo", "math left cy"], _rig.Receivers.Told());
    }

    [Fact]
    public async Task NumbersThatAreGivenAnewAfterAClassWasLostAreToldWithIdsOfTheirOwn()
    {
        await _rig.StartAsync(One);
        _rig.Write(_rig.Join("math", "ada"), _rig.Join("math", "bo"), _rig.Join("math", "cy"));
        await _rig.UntilDoneAsync();
        _rig.SetAside("math", after: 1);
        _rig.Time.Advance(TimeSpan.FromSeconds(0.5));
        _rig.Write(_rig.Join("math", "dan"), _rig.Leave("math", "ada"));
        await _rig.UntilToldAsync(5);
        await _rig.UntilDoneAsync();

        Assert.Equal(["math joined dan", "math left ada"], _rig.Receivers.Told().Skip(3));
        Assert.Equal(5, _rig.Receivers.All.Select(post => post.Id).Distinct().Count());
    }

    [Fact]
    public async Task MemoryIsBoundedWhileAReceiverIsAwayAndTheRestComesFromTheDisk()
    {
        var isAway = true;
        _rig.Receivers.Answer = (_, _) => isAway ? throw new HttpRequestException(HttpRequestError.ConnectionError) : Ok();
        await _rig.StartAsync(One);
        for (var i = 0; i < 3_000; i += 100)
        {
            _rig.Write([.. Enumerable.Range(i, 100).SelectMany(n => (LedgerEntry[])[_rig.Join("math", $"m{n}"), _rig.Join("art", $"a{n}")])]);
            Assert.InRange(_rig.Courier.InMemory, 0, WebhookCourier.MostInMemory + WebhookCourier.InFlight);
        }

        await _rig.UntilToldAsync(2);
        isAway = false;
        await _rig.PassAsync(0.75);
        await UntilAsync(() => _rig.Courier.Look() is (0, null), "everything is told");

        Assert.Equal(Enumerable.Range(0, 3_000).Select(i => $"math joined m{i}"), Of("math", One).Distinct());
        Assert.Equal(Enumerable.Range(0, 3_000).Select(i => $"art joined a{i}"), Of("art", One).Distinct());
        Assert.Equal(6_002, _rig.Receivers.All.Count);
        Assert.Equal(0, _rig.Courier.InMemory);
    }

    private static Task<HttpResponseMessage> Ok() => Task.FromResult(ScriptedReceivers.Status(System.Net.HttpStatusCode.OK));

    private IEnumerable<string> Of(string @class, string url) => _rig.Receivers.All.Where(post => post.Url == url && post.Class == @class).Select(post => post.Told);
}
