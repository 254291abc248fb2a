using System.Threading.Channels;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Classrooms;

/// <summary>Writes a class's lesson aside from its loop: always the newest, and again and again while the disk refuses.</summary>
/// <remarks>Belongs to one <see cref="ClassroomRunner"/>; only its loop calls.</remarks>
internal sealed partial class LessonSaver
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Channel<StoredLesson> _newest = Channel.CreateBounded<StoredLesson>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly string _classId;
    private readonly ILessonStore _store;
    private readonly StorageHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;

    public LessonSaver(string classId, ILessonStore store, StorageHealth health, TimeProvider time, ILogger logger)
    {
        (_classId, _store, _health, _time, _logger) = (classId, store, health, time, logger);
        _loop = Task.Run(RunAsync);
    }

    public void Save(StoredLesson lesson) => _newest.Writer.TryWrite(lesson);

    /// <summary>Writes what is left, once more if need be, and ends.</summary>
    public Task CompleteAsync()
    {
        _newest.Writer.TryComplete();
        return _loop;
    }

    private async Task RunAsync()
    {
        await foreach (var lesson in _newest.Reader.ReadAllAsync())
        {
            var newest = lesson;
            while (!await TrySaveAsync(newest) && !_newest.Reader.Completion.IsCompleted)
            {
                using var retry = new CancellationTokenSource(RetryAfter, _time);
                try
                {
                    if (!await _newest.Reader.WaitToReadAsync(retry.Token))
                    {
                        await TrySaveAsync(newest);
                        return;
                    }
                }
                catch (OperationCanceledException)
                {
                }

                newest = _newest.Reader.TryRead(out var newer) ? newer : newest;
            }
        }
    }

    private async Task<bool> TrySaveAsync(StoredLesson lesson)
    {
        try
        {
            await _store.SaveAsync(_classId, lesson, CancellationToken.None);
            _health.Succeeded();
            return true;
        }
        catch (Exception failure)
        {
            // Whatever it is, also a fault of ours: the class goes on, and the next one may be written.
            if (_health.Failed(StorageHealth.Describe(failure)))
            {
                LogCannotSave(_classId, failure);
            }

            return false;
        }
    }

    [LoggerMessage(103, LogLevel.Error, "The lesson of class {Class} cannot be saved; it goes on, and saving is tried again.")]
    private partial void LogCannotSave(string @class, Exception failure);
}
