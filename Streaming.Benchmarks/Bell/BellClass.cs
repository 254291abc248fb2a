using System.Buffers;
using System.Text.Json;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;

namespace Streaming.Benchmarks.Bell;

/// <summary>One class as its runner drives it: the state machine, its ledger, and the messages to its members, written and thrown away.</summary>
/// <remarks>One thread at a time. Not opened it is nowhere: it makes the same commands and does nothing with them.</remarks>
internal sealed class BellClass(string id, int students)
{
    /// <summary>So many students are away at a time once drops and returns take turns: at six a second each is away for three seconds.</summary>
    private const int Away = 8;

    private const int First = 20_260_000;   // the first student's number

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly List<ClassroomOutput> _outputs = [];
    private readonly Queue<int> _away = new();
    private readonly Caller[] _callers = new Caller[students];
    private readonly ArrayBufferWriter<byte> _message = new(4_096);
    private Classroom? _classroom;
    private Ledger? _ledger;
    private int _joined;
    private int _next;
    private int _connections;

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>The sequence number of its last entry.</summary>
    public long LastSequence => _ledger!.LastSequence;

    /// <summary>Bytes of the messages so far.</summary>
    public long MessageBytes { get; private set; }

    /// <summary>Opens its book, and begins the lesson with its teacher.</summary>
    public async Task OpenAsync(LedgerBooks books)
    {
        _ledger = (await books.SettleAsync(id)).Ledger!;
        var now = DateTimeOffset.UtcNow;
        _classroom = new Classroom(id, new ClassroomRules(students, Grace, ClassroomPace.Interval), StoredLesson.None, _ledger.View, now);
        _classroom.Begin(now, _outputs);
        var teacher = new Caller("t-1", Device(students), "teacher");
        Do(new Join(new Identity(teacher.Member, "李老师", Role.Teacher, id), teacher.Device, teacher.Connection));
        Do(new StartLesson(teacher));
    }

    /// <summary>The next student joins; when all are there, one drops, or the one who is away the longest returns.</summary>
    public void Step()
    {
        if (_joined < students)
        {
            Come(_joined++);
        }
        else if (_away.Count < Math.Min(Away, students))
        {
            var student = _next++ % students;
            _away.Enqueue(student);
            Do(new Disconnected(_callers[student]));
        }
        else
        {
            Come(_away.Dequeue());
        }
    }

    /// <summary>Does what time asks for, if it does.</summary>
    public void Tick()
    {
        if (_classroom?.NextDeadline is { } deadline && DateTimeOffset.UtcNow is var now && deadline <= now)
        {
            _classroom.Tick(now, _outputs);
            Perform();
        }
    }

    private static string Device(int student) => $"web-{(student * 7_919) + 305_419_896:x8}{student:x4}";

    private void Come(int student)
    {
        var caller = _callers[student] = new Caller($"s-{First + student}", Device(student), $"{id}/{++_connections}");
        Do(new Join(new Identity(caller.Member, "欧阳小明", Role.Student, id), caller.Device, caller.Connection));
    }

    private void Do(ClassroomCommand command)
    {
        if (_classroom is null)
        {
            return;
        }

        // As the runner does: the command, then what has become due, then the answer.
        var now = DateTimeOffset.UtcNow;
        var reply = _classroom.Handle(now, command, _outputs);
        if (_classroom.NextDeadline <= now)
        {
            _classroom.Tick(now, _outputs);
        }

        Perform();
        if (reply.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"{command}: {refusal}");
        }

        if (command is Join join)
        {
            Write(new JoinReply(join.Who, "bell", reply.Snapshot!));
        }
    }

    private void Perform()
    {
        foreach (var output in _outputs)
        {
            switch (output)
            {
                case Happened(var at, var what):
                    _ledger!.Append(at, what);
                    break;
                case Changed(var change):
                    Write(change);
                    break;
                case PresenceChanged(var members):
                    Write(members);
                    break;
            }
        }

        _outputs.Clear();
    }

    // A group's message is written once, whatever the number of those who hear it.
    private void Write<T>(T message)
    {
        _message.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_message);
        JsonSerializer.Serialize(json, message, ContractsJson.Wire);
        MessageBytes += json.BytesCommitted + json.BytesPending;
    }
}
