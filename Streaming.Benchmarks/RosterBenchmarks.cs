using System.Buffers;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.SignalR.Protocol;
using Streaming.Benchmarks.Rigs;
using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.Presence;

namespace Streaming.Benchmarks;

/// <summary>From a command to the bytes that a class hears: the state machine, what it tells, and that written once.</summary>
[MemoryDiagnoser]
public class RosterBenchmarks
{
    private readonly List<ClassroomOutput> _outputs = [];
    private readonly ArrayBufferWriter<byte> _message = new(1 << 16);
    private DateTimeOffset _now = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);
    private Classroom _classroom = null!;
    private IHubProtocol _protocol = null!;
    private Caller[] _callers = [];
    private int _next;

    /// <summary>Students in the class.</summary>
    [Params(45, 1_000)]
    public int Students { get; set; }

    [ParamsSource(nameof(Protocols))]
    public string Protocol { get; set; } = "";

    public static IEnumerable<string> Protocols => HubProtocols.Names;

    [GlobalSetup]
    public void Fill()
    {
        _protocol = HubProtocols.Make(Protocol);
        var grace = TimeSpan.FromSeconds(15);
        _classroom = new Classroom(
            "math-7", new ClassroomRules(Students + 1, grace, ClassroomPace.Interval), StoredLesson.None, new PresenceView(grace), _now);
        _callers = [.. Enumerable.Range(0, Students).Select(i => new Caller($"s-{20_260_000 + i}", $"web-{i:x12}", $"connection-{i}"))];
        var teacher = new Caller("t-1", "web-teacher", "connection-teacher");
        Do(new Join(new Identity(teacher.Member, "李老师", Role.Teacher, "math-7"), teacher.Device, teacher.Connection));
        Do(new StartLesson(teacher));
        foreach (var caller in _callers)
        {
            Do(new Join(new Identity(caller.Member, "欧阳小明", Role.Student, "math-7"), caller.Device, caller.Connection));
        }
    }

    /// <summary>A hand that goes up and down, each told at once and to all: two small messages.</summary>
    /// <returns>Bytes of the two.</returns>
    [Benchmark(OperationsPerInvoke = 2, Description = "a hand up or down, to the bytes that all hear")]
    public int Hand()
    {
        _next = (_next + 1) % Students;
        return Do(new RaiseHand(_callers[_next])) + Do(new LowerHand(_callers[_next], null));
    }

    private int Do(ClassroomCommand command)
    {
        _now += ClassroomPace.Interval;
        _outputs.Clear();
        if (_classroom.Handle(_now, command, _outputs).Refusal is { } refusal)
        {
            throw new InvalidOperationException($"{command}: {refusal}");
        }

        _message.ResetWrittenCount();
        foreach (var output in _outputs)
        {
            if (output is Changed(var change))
            {
                _protocol.WriteMessage(new InvocationMessage(nameof(IClassroomClient.Changed), [change]), _message);
            }
        }

        return _message.WrittenCount > 0 ? _message.WrittenCount : throw new InvalidOperationException($"{command} was told to nobody.");
    }
}
