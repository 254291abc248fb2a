using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <summary>The open classes of this server. A class is opened by the first who comes.</summary>
internal sealed class ClassroomDirectory(ClassroomSurroundings around, IOptions<StreamingOptions> options) : IHostedService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClassroomRunner> _runners = new(StringComparer.Ordinal);
    private volatile bool _stopping;

    /// <summary>A new id for each run of the server; see <see cref="JoinReply.Server"/>.</summary>
    public string Server { get; } = Guid.NewGuid().ToString("N");

    public IReadOnlyList<ClassroomRunner> Runners
    {
        get
        {
            lock (_gate)
            {
                return [.. _runners.Values];
            }
        }
    }

    /// <summary>The class, when it is open.</summary>
    public ClassroomRunner? Find(string classId)
    {
        lock (_gate)
        {
            return _runners.GetValueOrDefault(classId);
        }
    }

    /// <summary>Asks the class of <paramref name="who"/>, opened if need be, for the first thing: a seat, or a session.</summary>
    /// <returns>The runner that answered, and its answer.</returns>
    public async Task<(ClassroomRunner? Runner, ClassroomReply Reply)> AskAsync(
        Identity who, Func<ClassroomRunner, Task<ClassroomReply>> ask)
    {
        while (true)
        {
            if (Open(who) is not { } runner)
            {
                return (null, _stopping ? Refusal.Busy : Refusal.ClassFull);
            }

            var reply = await ask(runner);
            if (reply.Refusal != ClassroomRunner.Closed)
            {
                return (runner, reply);
            }

            // It closes at this moment; its lesson must be on the disk before the class can be opened again.
            await runner.Completion;
            Remove(runner);
        }
    }

    /// <summary>Erases records of a class in which nobody is.</summary>
    /// <returns>Why not; null when it is done.</returns>
    public async Task<Refusal?> EraseAsync(string classId, LedgerErasure erasure) =>
        (await AskAsync(new Identity("", "", Role.Inspector, classId), runner => runner.EraseAsync(erasure))) is ({ } _, var reply)
            ? reply.Refusal
            : Refusal.Busy;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        around.Books.Lost += classId => Find(classId)?.Lose();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _stopping = true;
        }

        return Task.WhenAll(Runners.Select(runner => runner.CloseAsync())).WaitAsync(cancellationToken);
    }

    private ClassroomRunner? Open(Identity who)
    {
        lock (_gate)
        {
            var runner = _runners.GetValueOrDefault(who.Class);
            if (who.Role != Role.Inspector && runner is not { IsOccupied: true }
                && _runners.Values.Count(other => other.IsOccupied) >= options.Value.Limits.Classes)
            {
                return null;
            }

            if (runner is null && !_stopping)
            {
                _runners[who.Class] = runner = new ClassroomRunner(who.Class, around);
                _ = RemoveWhenClosedAsync(runner);
            }

            if (who.Role != Role.Inspector)
            {
                runner?.Expect();
            }

            return runner;
        }
    }

    private async Task RemoveWhenClosedAsync(ClassroomRunner runner)
    {
        await runner.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Remove(runner);
    }

    private void Remove(ClassroomRunner runner)
    {
        lock (_gate)
        {
            if (_runners.GetValueOrDefault(runner.Id) == runner)
            {
                _runners.Remove(runner.Id);
            }
        }
    }
}
