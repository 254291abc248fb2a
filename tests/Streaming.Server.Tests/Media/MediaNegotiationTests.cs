using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.Media;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Media;

public sealed class MediaNegotiationTests : IDisposable
{
    private readonly ServerHost _host = new() { Time = new ManualTime() };

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(Role.Inspector)]
    [InlineData(Role.Student)]
    public async Task AClientThatGoesAwayWhileItAsksLeavesNothingThatKeepsTheClassOpen(Role role)
    {
        var who = new Identity("m", "M", role, "math");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _host.Get<MediaNegotiation>().OpenAsync(who, MediaKind.Watch, null, "v=0", new CancellationToken(canceled: true)));

        var runner = _host.Get<ClassroomDirectory>().Find("math")!;
        await runner.AskAsync(new TakeSnapshot(new Caller("m", "d1", "none")));
        Assert.Empty(_host.Gateway.Open);
        _host.Time!.Advance(ClassroomRunner.IdleTime + TimeSpan.FromSeconds(1));
        await runner.Completion.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
