using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;

namespace Streaming.Server.Tests.Presence;

public sealed class PresenceViewTests
{
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly PresenceView _view = new(TimeSpan.FromSeconds(15));

    [Theory]
    [InlineData(9, PresenceState.Present, 0)]
    [InlineData(10, PresenceState.Unstable, 10)]
    [InlineData(24.999, PresenceState.Unstable, 10)]
    [InlineData(25, PresenceState.Away, 10)]
    public void WhoDropsIsUnstableForTheGraceAndThenAwaySinceTheDrop(double at, PresenceState state, double since)
    {
        Join("ada", 0);
        if (at >= 10)
        {
            Drop("ada", 10);
        }

        Assert.Equal(new MemberPresence("ada", "Ada", state, Bell.AddSeconds(since)), _view.At(Bell.AddSeconds(at), "ada"));
    }

    [Fact]
    public void TwoDevicesOfOneStudentAreOnePerson()
    {
        Join("ada", 0, "phone");
        Join("ada", 1, "laptop");
        Drop("ada", 2, "phone");
        Assert.Equal(PresenceState.Present, State("ada", 20));
        Left("ada", 20, "phone", LedgerCause.GraceOver);
        Assert.Equal(PresenceState.Present, State("ada", 20));

        Drop("ada", 30, "laptop");
        Assert.Equal((PresenceState.Unstable, Bell.AddSeconds(30)), (State("ada", 31), _view.At(Bell.AddSeconds(31), "ada")!.Since));
        Assert.Single(_view.Members);
    }

    [Fact]
    public void WhoSaysGoodbyeHasLeftAndWhoseGraceEndsIsAway()
    {
        Join("ada", 0);
        Join("bo", 0);
        Left("ada", 10, cause: LedgerCause.Asked);
        Drop("bo", 10);
        Left("bo", 25, cause: LedgerCause.GraceOver);

        Assert.Equal((PresenceState.Left, Bell.AddSeconds(10)), (State("ada", 30), _view.At(Bell.AddSeconds(30), "ada")!.Since));
        Assert.Equal((PresenceState.Away, Bell.AddSeconds(10)), (State("bo", 30), _view.At(Bell.AddSeconds(30), "bo")!.Since));
    }

    [Fact]
    public void AfterTimeThatNobodyKeptEverybodyHasTheGraceToComeBack()
    {
        Join("ada", 0);
        Apply(new Happening(LedgerKind.Interrupted, Since: Bell.AddSeconds(5)), 100);

        Assert.Equal(PresenceState.Unstable, State("ada", 114.9));
        Assert.Equal(PresenceState.Away, State("ada", 115));
    }

    [Fact]
    public void ANewLessonBeginsWithoutThoseWhoWereAwayInTheLast()
    {
        Join("ada", 0);
        Join("bo", 0);
        Drop("bo", 10);
        Left("bo", 25, cause: LedgerCause.GraceOver);
        Apply(new Happening(LedgerKind.Ended), 60);

        Assert.Null(_view.At(Bell.AddSeconds(60), "bo"));
        Assert.Equal(PresenceState.Present, State("ada", 60));
    }

    /// <summary>The view and the ledger cannot disagree: reading the entries again gives the same at every moment.</summary>
    [Fact]
    public void TheSameEntriesGiveTheSameViewWheneverTheyAreRead()
    {
        var random = new Random(7);
        var entries = new List<(Happening What, double At)>();
        for (var i = 0; i < 2_000; i++)
        {
            var member = $"m{random.Next(20)}";
            var device = $"d{random.Next(2)}";
            entries.Add((random.Next(4) switch
            {
                0 => new Happening(LedgerKind.Joined, member, device, Role.Student, Name: member),
                1 => new Happening(LedgerKind.Dropped, member, device, Role.Student, LedgerCause.ConnectionLost),
                2 => new Happening(LedgerKind.Returned, member, device, Role.Student),
                _ => new Happening(LedgerKind.Left, member, device, Role.Student, random.Next(2) == 0 ? LedgerCause.Asked : LedgerCause.GraceOver),
            }, i));
        }

        for (var cut = 100; cut <= entries.Count; cut += 475)
        {
            var (once, again) = (Read(cut), Read(cut));
            var now = Bell.AddSeconds(cut + 7);
            Assert.Equal(once.Members.Select(member => once.At(now, member)), again.Members.Select(member => again.At(now, member)));
            Assert.All(once.Members.Where(member => member.Devices.Count == 0), member =>
                Assert.True(once.At(now, member).State is PresenceState.Left or PresenceState.Away));
        }

        PresenceView Read(int count)
        {
            var view = new PresenceView(TimeSpan.FromSeconds(15));
            foreach (var (what, at) in entries.Take(count))
            {
                view.Apply(what, Bell.AddSeconds(at));
            }

            return view;
        }
    }

    private PresenceState State(string member, double at) => _view.At(Bell.AddSeconds(at), member)!.State;

    private void Join(string member, double at, string device = "web") =>
        Apply(new Happening(LedgerKind.Joined, member, device, Role.Student, Name: char.ToUpperInvariant(member[0]) + member[1..]), at);

    private void Drop(string member, double at, string device = "web") =>
        Apply(new Happening(LedgerKind.Dropped, member, device, Role.Student, LedgerCause.ConnectionLost), at);

    private void Left(string member, double at, string device = "web", LedgerCause cause = LedgerCause.None) =>
        Apply(new Happening(LedgerKind.Left, member, device, Role.Student, cause), at);

    private void Apply(Happening what, double at) => _view.Apply(what, Bell.AddSeconds(at));
}
