using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;
using Streaming.Server.Webhooks;

namespace Streaming.Server.Tests.Webhooks;

public sealed class WebhookEventsTests
{
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly WebhookEvents _events = new(new PresenceRules(TimeSpan.FromSeconds(15)));
    private readonly List<string> _told = [];
    private long _sequence;

    [Fact]
    public void WhoComesAndGoesIsToldOnceEach()
    {
        Apply(0, LedgerKind.Started);
        Apply(1, LedgerKind.Joined, "ada");
        Apply(2, LedgerKind.Media, "ada");
        Apply(60, LedgerKind.Left, "ada", cause: LedgerCause.Asked);
        Apply(61, LedgerKind.Ended);

        Assert.Equal(["joined ada 1", "left ada 60 Asked"], _told);
    }

    [Fact]
    public void ADropThatHealsIsNothing()
    {
        Apply(0, LedgerKind.Joined, "ada");
        Apply(10, LedgerKind.Dropped, "ada", cause: LedgerCause.ConnectionLost);
        Apply(22, LedgerKind.Returned, "ada");

        Assert.Equal(["joined ada 0"], _told);
    }

    [Fact]
    public void WhoseGraceEndsWasThereUntilTheDrop()
    {
        Apply(0, LedgerKind.Joined, "ada");
        Apply(10, LedgerKind.Dropped, "ada", cause: LedgerCause.TimedOut);
        Apply(12, LedgerKind.Returned, "ada");
        Apply(20, LedgerKind.Dropped, "ada", cause: LedgerCause.TimedOut);
        Apply(35, LedgerKind.Left, "ada", cause: LedgerCause.GraceOver);

        Assert.Equal(["joined ada 0", "left ada 20 GraceOver"], _told);
    }

    [Fact]
    public void TwoDevicesAreOnePerson()
    {
        Apply(0, LedgerKind.Joined, "ada", "phone");
        Apply(1, LedgerKind.Joined, "ada", "laptop");
        Apply(10, LedgerKind.Dropped, "ada", "phone", LedgerCause.ConnectionLost);
        Apply(20, LedgerKind.Dropped, "ada", "laptop", LedgerCause.ConnectionLost);
        Apply(25, LedgerKind.Left, "ada", "phone", LedgerCause.GraceOver);
        Apply(35, LedgerKind.Left, "ada", "laptop", LedgerCause.GraceOver);

        Assert.Equal(["joined ada 0", "left ada 20 GraceOver"], _told);
    }

    [Fact]
    public void WhoReturnsAfterTheServerWasDownWasNeverGone()
    {
        Apply(0, LedgerKind.Joined, "ada");
        Apply(100, LedgerKind.Interrupted, since: 50);
        Apply(104, LedgerKind.Returned, "ada");

        Assert.Equal(["joined ada 0"], _told);
    }

    [Fact]
    public void WhoDoesNotReturnAfterTheServerWasDownWasLastSeenBeforeIt()
    {
        Apply(0, LedgerKind.Joined, "ada");
        Apply(0, LedgerKind.Joined, "bo");
        Apply(45, LedgerKind.Dropped, "bo", cause: LedgerCause.ConnectionLost);
        Apply(100, LedgerKind.Interrupted, since: 50);
        Apply(115, LedgerKind.Left, "ada", cause: LedgerCause.GraceOver);
        Apply(115, LedgerKind.Left, "bo", cause: LedgerCause.GraceOver);

        Assert.Equal(["joined ada 0", "joined bo 0", "left ada 50 GraceOver", "left bo 45 GraceOver"], _told);
    }

    [Fact]
    public void WhoComesWithAnotherRoleLeavesAsTheFormer()
    {
        Apply(0, LedgerKind.Joined, "ada", "phone");
        Apply(1, LedgerKind.Joined, "ada", "laptop");
        Apply(30, LedgerKind.Left, "ada", "phone", LedgerCause.Replaced);
        Apply(30, LedgerKind.Left, "ada", "laptop", LedgerCause.Replaced);
        Apply(30, LedgerKind.Joined, "ada", "laptop", role: Role.Teacher);

        Assert.Equal(["joined ada 0", "left ada 30 Replaced", "joined ada 30 teacher"], _told);
    }

    [Fact]
    public void WhoComesBackInTheNextLessonIsToldAgain()
    {
        Apply(0, LedgerKind.Joined, "ada");
        Apply(10, LedgerKind.Left, "ada", cause: LedgerCause.Asked);
        Apply(700, LedgerKind.Closed);
        Apply(900, LedgerKind.Opened);
        Apply(901, LedgerKind.Joined, "ada");

        Assert.Equal(["joined ada 0", "left ada 10 Asked", "joined ada 901"], _told);
    }

    [Fact]
    public void TheBodySaysWhoWhereAndWhenAndTheIdIsMadeOfWhatNeverChanges()
    {
        _events.Apply(Entry(1, LedgerKind.Joined, "ada", @class: "math.7"));
        var left = _events.Apply(Entry(30.5, LedgerKind.Left, "ada", cause: LedgerCause.Asked, @class: "math.7"))!;

        Assert.Equal($"math~7-2-{Bell.ToUnixTimeMilliseconds() + 30_500}-left", left.Id);
        Assert.Equal(
            JsonNode.Parse("""
                {"type":"member.left","timestamp":"2026-09-01T08:00:30.5+00:00","data":{"class":"math.7","member":"ada","name":"Ada",
                "role":"student","at":"2026-09-01T08:00:30.5+00:00","cause":"asked","sequence":2}}
                """)!.ToJsonString(),
            JsonNode.Parse(left.ToBody())!.ToJsonString());
        Assert.DoesNotContain("cause", System.Text.Encoding.UTF8.GetString((left with { Type = WebhookEvent.Joined, Cause = null }).ToBody()), StringComparison.Ordinal);
    }

    private void Apply(
        double at,
        LedgerKind kind,
        string? member = null,
        string device = "web",
        LedgerCause cause = LedgerCause.None,
        Role role = Role.Student,
        double? since = null)
    {
        if (_events.Apply(Entry(at, kind, member, device, cause, role, since)) is { } told)
        {
            var detail = told.Cause?.ToString() ?? (told.Role == Role.Teacher ? "teacher" : "");
            _told.Add($"{told.Type["member.".Length..]} {told.Member} {(told.At - Bell).TotalSeconds} {detail}".TrimEnd());
        }
    }

    private LedgerEntry Entry(
        double at,
        LedgerKind kind,
        string? member = null,
        string device = "web",
        LedgerCause cause = LedgerCause.None,
        Role role = Role.Student,
        double? since = null,
        string @class = "math") => new(
            @class, ++_sequence, kind, Bell.AddSeconds(at), TimeSpan.FromSeconds(at), member, member is null ? null : device, member is null ? null : role, cause,
            Since: since is { } second ? Bell.AddSeconds(second) : null,
            Name: kind == LedgerKind.Joined ? char.ToUpperInvariant(member![0]) + member[1..] : null);
}
