using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Classrooms;
using Streaming.Server.Telemetry;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Classrooms;

public sealed class FileLessonStoreTests : IDisposable
{
    private static readonly StoredLesson Lesson = new(
        LessonPhase.Live,
        ClassroomScenario.Bell,
        null,
        true,
        [new ChatLine(3, "s", "小明", Role.Student, "你好 </script>", ClassroomScenario.Bell)]);

    private readonly string _root = Directory.CreateTempSubdirectory("streaming-").FullName;
    private readonly FileLessonStore _store;

    public FileLessonStoreTests() => _store = new FileLessonStore(DataDirectory.Open(_root), NullLogger<FileLessonStore>.Instance);

    private string File => Path.Combine(_root, "lessons", "math.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task WhatIsSavedIsLoaded()
    {
        await _store.SaveAsync("math", Lesson with { Phase = LessonPhase.Waiting }, default);
        await _store.SaveAsync("math", Lesson, default);

        var loaded = await _store.LoadAsync("math", default);

        Assert.Equal(Lesson with { Chat = [] }, loaded with { Chat = [] }, (a, b) => a.Phase == b.Phase && a.StartedAt == b.StartedAt && a.StartedByMedia == b.StartedByMedia);
        Assert.Equal(Lesson.Chat, loaded.Chat);
        Assert.Equal(["math.json"], Directory.GetFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName));
    }

    [Fact]
    public async Task AClassWithoutAFileWaits() => Assert.Equal(StoredLesson.None, await _store.LoadAsync("unknown", default));

    [Theory]
    [InlineData("")]
    [InlineData("{\"phase\":\"li")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("{\"phase\":\"live\",\"chat\":[{}]}")]
    public async Task ABrokenFileIsSetAsideAndTheClassBeginsAnew(string content)
    {
        await System.IO.File.WriteAllTextAsync(File, content);

        Assert.Equal(StoredLesson.None, await _store.LoadAsync("math", default));

        Assert.Equal(content, await System.IO.File.ReadAllTextAsync(File + ".broken"));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task AFileThatCannotBeReadForAMomentIsReadAMomentLater()
    {
        await _store.SaveAsync("math", Lesson, default);
        ValueTask<StoredLesson> loading;
        await using (new FileStream(File, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            loading = _store.LoadAsync("math", default);
        }

        Assert.Equal(LessonPhase.Live, (await loading).Phase);
    }

    [Fact]
    public async Task AFileThatCannotBeReadAtAllIsSetAsideAndNotWrittenOver()
    {
        await _store.SaveAsync("math", Lesson, default);
        var content = await System.IO.File.ReadAllTextAsync(File);
        await using (new FileStream(File, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(StoredLesson.None, await _store.LoadAsync("math", default));
        }

        await _store.SaveAsync("math", StoredLesson.None, default);

        Assert.Equal(content, await System.IO.File.ReadAllTextAsync(File + ".broken"));
    }

    [Fact]
    public async Task ASaverKeepsTryingWhileTheDiskRefusesAndWritesTheNewestInTheEnd()
    {
        var (time, health, disk) = (new ManualTime(), new StorageHealth(), new FullDisk());
        var saver = new LessonSaver("math", disk, health, time, NullLogger.Instance);
        saver.Save(Lesson);
        await disk.Tried.Task.WaitAsync(TimeSpan.FromSeconds(60));
        saver.Save(Lesson with { Phase = LessonPhase.Ended });
        disk.IsFull = false;

        await saver.CompleteAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(LessonPhase.Ended, disk.Saved?.Phase);
        Assert.Null(health.Failure);
    }

    private sealed class FullDisk : ILessonStore
    {
        public volatile bool IsFull = true;

        public StoredLesson? Saved { get; private set; }

        public TaskCompletionSource Tried { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<StoredLesson> LoadAsync(string classId, CancellationToken cancellationToken) => ValueTask.FromResult(StoredLesson.None);

        public ValueTask SaveAsync(string classId, StoredLesson lesson, CancellationToken cancellationToken)
        {
            Tried.TrySetResult();
            Saved = IsFull ? throw new IOException("No space left on device.") : lesson;
            return ValueTask.CompletedTask;
        }
    }
}
