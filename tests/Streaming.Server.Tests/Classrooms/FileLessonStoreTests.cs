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
    private readonly ManualTime _time = new();
    private readonly FileLessonStore _store;

    public FileLessonStoreTests() => _store = new FileLessonStore(DataDirectory.Open(_root), _time, NullLogger<FileLessonStore>.Instance);

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
            _time.Advance(FileLessonStore.Pause * (FileLessonStore.Attempts - 3));
        }

        Assert.Equal(LessonPhase.Live, (await InTimeAsync(loading)).Phase);
    }

    [Fact]
    public async Task AFileThatCannotBeReadForSecondsIsLeftAlone()
    {
        await _store.SaveAsync("math", Lesson, default);
        var content = await System.IO.File.ReadAllTextAsync(File);
        await using (new FileStream(File, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            await Assert.ThrowsAsync<IOException>(() => InTimeAsync(_store.LoadAsync("math", default)));
        }

        Assert.Equal(content, await System.IO.File.ReadAllTextAsync(File));
        Assert.False(System.IO.File.Exists(File + ".broken"));
    }

    [Fact]
    public async Task AClassWhoseLessonCannotBeReadNowIsBusyAndOpensWithItWhenItCan()
    {
        await using var host = new ServerHost(_root) { Time = new ManualTime() };
        await _store.SaveAsync("math", Lesson, default);
        await using var student = await host.ConnectAsync("s", Role.Student);
        await using (new FileStream(File, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var joining = student.CodeAsync("Join", new JoinRequest("d1"));
            while (!joining.IsCompleted)
            {
                host.Time.Advance(FileLessonStore.Pause);
                await Task.Delay(5);   // by leaps, time would run past the ticket's end before the server had its turn
            }

            Assert.Equal(HubErrors.Busy, await joining);
        }

        await using var later = await host.ConnectAsync("s", Role.Student);
        var reply = await later.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"));
        Assert.Equal(LessonPhase.Live, reply.Classroom.Lesson.Phase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ASaverKeepsTryingWhileTheDiskRefusesAndWritesTheNewestInTheEnd(bool byAFaultOfOurs)
    {
        var disk = new FullDisk { Failure = byAFaultOfOurs ? new InvalidOperationException("A fault.") : new IOException("No space left on device.") };
        var (time, health) = (new ManualTime(), new StorageHealth());
        var saver = new LessonSaver("math", disk, health, time, NullLogger.Instance);
        saver.Save(Lesson);
        await disk.Tried.Task.WaitAsync(TimeSpan.FromSeconds(60));
        saver.Save(Lesson with { Phase = LessonPhase.Ended });
        disk.IsFull = false;

        await saver.CompleteAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(LessonPhase.Ended, disk.Saved?.Phase);
        Assert.Null(health.Failure);
    }

    private async Task<StoredLesson> InTimeAsync(ValueTask<StoredLesson> loading)
    {
        var task = loading.AsTask();
        while (!task.IsCompleted)
        {
            _time.Advance(FileLessonStore.Pause);
            await Task.Yield();
        }

        return await task;
    }

    private sealed class FullDisk : ILessonStore
    {
        public volatile bool IsFull = true;

        public required Exception Failure { get; init; }

        public StoredLesson? Saved { get; private set; }

        public TaskCompletionSource Tried { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<StoredLesson> LoadAsync(string classId, CancellationToken cancellationToken) => ValueTask.FromResult(StoredLesson.None);

        public ValueTask SaveAsync(string classId, StoredLesson lesson, CancellationToken cancellationToken)
        {
            Tried.TrySetResult();
            Saved = IsFull ? throw Failure : lesson;
            return ValueTask.CompletedTask;
        }
    }
}
