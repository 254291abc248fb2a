using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.Presence;

namespace Streaming.Benchmarks;

/// <summary>One class's state machine: who comes, drops and returns, what others are told of it, and the steady view. No socket, no ledger on a disk.</summary>
[MemoryDiagnoser]
public class PresenceBenchmarks
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private readonly List<ClassroomOutput> _outputs = [];
    private readonly ArrayBufferWriter<byte> _message = new(1 << 20);
    private DateTimeOffset _now = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);
    private PresenceView _view = null!;
    private Classroom _classroom = null!;
    private Join[] _joins = [];
    private Disconnected[] _drops = [];
    private Leave[] _leaves = [];
    private ClassroomChange _change = null!;
    private int _next;

    /// <summary>Students in the class.</summary>
    [Params(45, 1_000)]
    public int Students { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _view = new PresenceView(Grace);
        _classroom = new Classroom("math-7", new ClassroomRules(Students + 1, Grace, ClassroomPace.Interval), StoredLesson.None, _view, _now);
        _joins = [.. Enumerable.Range(0, Students + 1).Select(i =>
            new Join(new Identity($"s-{20_260_000 + i}", "欧阳小明", Role.Student, "math-7"), $"web-{i:x12}", $"connection-{i}"))];
        var callers = Array.ConvertAll(_joins, join => new Caller(join.Who.Member, join.Device, join.Connection));
        (_drops, _leaves) = (Array.ConvertAll(callers, caller => new Disconnected(caller)), Array.ConvertAll(callers, caller => new Leave(caller)));
        var teacher = new Join(new Identity("t-1", "李老师", Role.Teacher, "math-7"), "web-teacher", "connection-teacher");
        Do(teacher);
        Do(new StartLesson(new Caller("t-1", teacher.Device, teacher.Connection)));
        Array.ForEach(_joins[..Students], Do);
        Wait(TimeSpan.FromSeconds(1));
        _change = new ClassroomChange(1, [.. _classroom.Snapshot().Seats.Take(45)]);
    }

    /// <summary>Two transitions of the ledger. A millisecond passes with each, so that what is told is in it: to the teacher four times a second.</summary>
    [Benchmark(OperationsPerInvoke = 2, Description = "one of a drop and a return")]
    public void DropAndReturn()
    {
        _next = (_next + 1) % Students;
        Do(_drops[_next]);
        Do(_joins[_next]);
    }

    /// <summary>A join, its snapshot for the newcomer, and the leaving that makes room for the next.</summary>
    [Benchmark(Description = "one more joins, and leaves again")]
    public void JoinAndLeave()
    {
        Do(_joins[Students]);
        Do(_leaves[Students]);
    }

    /// <summary>What a class hears when 45 came within a quarter of a second; written once, whoever hears it.</summary>
    [Benchmark(Description = "a roster message of 45 seats as JSON")]
    public int RosterMessage()
    {
        _message.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_message);
        JsonSerializer.Serialize(json, _change, ContractsJson.Wire);
        return (int)json.BytesCommitted;
    }

    /// <summary>Who is present, unstable, away: all of the class.</summary>
    [Benchmark(Description = "the steady view of everybody")]
    public int ReadView()
    {
        var present = 0;
        foreach (var member in _view.Members)
        {
            present += _view.At(_now, member).State == PresenceState.Present ? 1 : 0;
        }

        return present;
    }

    private void Do(ClassroomCommand command)
    {
        _now += TimeSpan.FromMilliseconds(1);
        _outputs.Clear();
        if (_classroom.Handle(_now, command, _outputs).Refusal is { } refusal)
        {
            throw new InvalidOperationException($"{command}: {refusal}");
        }

        if (_classroom.NextDeadline <= _now)
        {
            _classroom.Tick(_now, _outputs);
        }
    }

    private void Wait(TimeSpan time)
    {
        _now += time;
        _classroom.Tick(_now, _outputs);
    }
}
