using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomChatTests
{
    private readonly ClassroomScenario _class = new();

    [Fact]
    public void ALineGoesToEverybodyAndIsNoVersion()
    {
        var student = _class.Student("s");
        var version = _class.Snapshot.Version;

        _class.Do(new Say(student, "  good morning  "));

        var line = Assert.Single(_class.Last.OfType<Said>()).Line;
        Assert.Equal(new ChatLine(1, "s", "S", Role.Student, "good morning", ClassroomScenario.Bell), line);
        Assert.Equal(version, _class.Snapshot.Version);
    }

    [Theory]
    [InlineData("", HubErrors.ChatEmpty)]
    [InlineData(" \n\t ", HubErrors.ChatEmpty)]
    [InlineData(null, HubErrors.ChatEmpty)]
    [InlineData("\u200b\u200b", HubErrors.ChatEmpty)]
    [InlineData("\0\u0007", HubErrors.ChatEmpty)]
    [InlineData("\u200d \ufeff", HubErrors.ChatEmpty)]
    public void AnEmptyLineIsRefused(string? text, string code) => Assert.Equal(code, _class.Code(new Say(_class.Student("s"), text!)));

    [Fact]
    public void TheLongestLineIsTakenAndALongerOneRefused()
    {
        var student = _class.Student("s");
        Assert.Null(_class.Code(new Say(student, new string('x', ChatLine.MaxLength))));
        Assert.Equal(HubErrors.ChatTooLong, _class.Code(new Say(student, new string('x', ChatLine.MaxLength + 1))));
    }

    [Fact]
    public void ControlCharactersBecomeSpacesAndLineBreaksStay()
    {
        _class.Do(new Say(_class.Student("s"), "a\u0000b\u001bc\nd"));
        Assert.Equal("a b c\nd", _class.Snapshot.Chat[0].Text);
    }

    [Fact]
    public void AFloodIsStoppedAtFiveLinesInTenSecondsWhateverTheMemberTries()
    {
        var said = new List<DateTimeOffset>();
        var student = _class.Student("s");
        for (var i = 0; i < 400; i++)
        {
            if (_class.Code(new Say(student, $"line {i}")) is { } code)
            {
                Assert.Equal(HubErrors.ChatTooFast, code);
                _class.Do(new Leave(student));
                student = _class.Student("s", $"d{i}");
            }
            else
            {
                said.Add(_class.Now);
            }

            _class.Wait(0.25);
        }

        Assert.Equal(50, said.Count);
        Assert.All(said, start => Assert.InRange(said.Count(at => at >= start && at < start + TimeSpan.FromSeconds(10)), 1, 5));
    }

    [Fact]
    public void OneMembersFloodLeavesTheOthersTheirLines()
    {
        var (loud, quiet) = (_class.Student("loud"), _class.Student("quiet"));
        for (var i = 0; i < 20; i++)
        {
            _class.Do(new Say(loud, "!"));
        }

        Assert.Null(_class.Code(new Say(quiet, "a question")));
    }

    [Fact]
    public void TheSnapshotHasTheLastFiftyLines()
    {
        var student = _class.Student("s");
        for (var i = 1; i <= 60; i++)
        {
            _class.Do(new Say(student, $"{i}"));
            _class.Wait(2);
        }

        Assert.Equal(Enumerable.Range(11, 50).Select(i => (long)i), _class.Snapshot.Chat.Select(line => line.Id));
    }

    [Theory]
    [InlineData("a\n\n\nb", "a\nb")]
    [InlineData("a \r\n \r\n b", "a\n b")]
    [InlineData("a\u2028\u2029b\nc", "a\nb\nc")]
    [InlineData("\u202eabc https://x.example", "abc https://x.example")]
    [InlineData("👩\u200d🏫 a\u200bb", "👩\u200d🏫 ab")]
    public void LineBreaksInARowBecomeOne(string text, string shown)
    {
        _class.Do(new Say(_class.Student("s"), text));
        Assert.Equal(shown, _class.Snapshot.Chat[0].Text);
    }

    [Fact]
    public void AnotherLessonBeginsWithWhatWasSaidSinceTheLastEndedAndNumbersGoOn()
    {
        var teacher = _class.Teacher();
        _class.Do(new Say(teacher, "before the first"));
        _class.Do(new StartLesson(teacher));
        Assert.Equal([1L], _class.Snapshot.Chat.Select(line => line.Id));
        _class.Do(new Say(teacher, "in the first"));
        _class.Do(new EndLesson(teacher));
        _class.Wait(60);
        _class.Do(new Say(teacher, "between"));
        Assert.Equal(3, _class.Snapshot.Chat.Count);

        _class.Do(new StartLesson(teacher));
        Assert.Equal([3L], _class.Snapshot.Chat.Select(line => line.Id));
        _class.Do(new EndLesson(teacher));
        _class.Do(new StartLesson(teacher));

        var stored = _class.Last.OfType<Save>().Single().Lesson;
        Assert.Equal((0, 3L), (stored.Chat.Count, stored.LastLine));
        var reopened = new ClassroomScenario(stored: stored);
        reopened.Do(new Say(reopened.Teacher(), "after a restart"));
        Assert.Equal([4L], reopened.Snapshot.Chat.Select(line => line.Id));
    }
}
