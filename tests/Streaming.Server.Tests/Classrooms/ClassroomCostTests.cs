using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

/// <summary>What a class allocates, which is the same on every machine; the time it takes is measured by the benchmarks.</summary>
public sealed class ClassroomCostTests
{
    /// <summary>Measured by the benchmarks: 443 bytes in a class of 45, and 4 281 in one of 1 000, most of it half a list of seats for who returns.</summary>
    [Theory]
    [InlineData(45, 2_000)]
    [InlineData(1_000, 9_000)]
    public void ADropAndAReturnAllocateLittle(int students, int most)
    {
        var now = ClassroomScenario.Bell;
        var outputs = new List<ClassroomOutput>();
        var rules = new ClassroomRules(students, ClassroomScenario.Grace, ClassroomPace.Interval);
        var classroom = new Classroom("math", rules, StoredLesson.None, new(ClassroomScenario.Grace), now);
        Join[] joins = [.. Enumerable.Range(0, students).Select(i => new Join(ClassroomScenario.Who($"s{i}", Role.Student), "d1", $"c{i}"))];
        var drops = Array.ConvertAll(joins, join => new Disconnected(new Caller(join.Who.Member, join.Device, join.Connection)));
        Do(new Join(ClassroomScenario.Who("t", Role.Teacher), "d1", "ct"));
        Array.ForEach(joins, Do);
        Round();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (2 * students);

        Assert.InRange(each, 1, most);

        void Round()
        {
            for (var i = 0; i < students; i++)
            {
                Do(drops[i]);
                Do(joins[i]);
            }
        }

        void Do(ClassroomCommand command)
        {
            now += TimeSpan.FromMilliseconds(1);
            outputs.Clear();
            Assert.Null(classroom.Handle(now, command, outputs).Refusal);
            classroom.Tick(now, outputs);
        }
    }
}
