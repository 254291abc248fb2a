using System.Text.Json;
using Streaming.Contracts;
using Streaming.Server.Access;

namespace Streaming.Server.Classrooms;

/// <summary>One JSON file per class in <c>lessons/</c> of the data directory.</summary>
internal sealed partial class FileLessonStore(DataDirectory data, TimeProvider time, ILogger<FileLessonStore> logger) : ILessonStore
{
    private readonly string _directory = data.Folder("lessons");

    /// <summary>How often a file that cannot be read is tried, and how long between two tries.</summary>
    public const int Attempts = 20;

    /// <inheritdoc cref="Attempts"/>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async ValueTask<StoredLesson> LoadAsync(string classId, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadAsync(classId, cancellationToken);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && attempt < Attempts)
            {
                // Too many open files, for example: the file is good, and reading it works in a moment.
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task<StoredLesson> ReadAsync(string classId, CancellationToken cancellationToken)
    {
        var path = PathOf(classId);
        try
        {
            await using var file = File.OpenRead(path);
            var lesson = await JsonSerializer.DeserializeAsync<StoredLesson>(file, ContractsJson.Wire, cancellationToken);
            if (lesson is { Chat: not null } && lesson.Chat.All(line => line is { Text: not null, Name: not null, Member: not null }))
            {
                return lesson;
            }

            SetAside(classId, path, "it lacks its parts");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (JsonException broken)
        {
            SetAside(classId, path, broken.Message);
        }
        return StoredLesson.None;
    }

    public async ValueTask SaveAsync(string classId, StoredLesson lesson, CancellationToken cancellationToken)
    {
        var path = PathOf(classId);
        var temporary = path + ".new";
        Directory.CreateDirectory(_directory);
        await using (var file = new FileStream(temporary, DataDirectory.PrivateFile(FileMode.Create)))
        {
            await JsonSerializer.SerializeAsync(file, lesson, ContractsJson.Wire, cancellationToken);

            // Renamed before its bytes are on the disk, a file can be empty after a power cut.
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    // A class's id is a safe file name by its rule: no separators, no leading dot.
    private string PathOf(string classId) => Path.Combine(_directory, classId + ".json");

    private void SetAside(string classId, string path, string reason)
    {
        var aside = path + ".broken";
        try
        {
            File.Move(path, aside, overwrite: true);
            LogSetAside(classId, aside, reason);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(classId, failure);
        }
    }

    [LoggerMessage(101, LogLevel.Warning, "The stored lesson of class {Class} cannot be read and was set aside as {Path}: {Reason}.")]
    private partial void LogSetAside(string @class, string path, string reason);

    [LoggerMessage(102, LogLevel.Warning, "The stored lesson of class {Class} cannot be read; the class begins anew.")]
    private partial void LogUnreadable(string @class, Exception failure);
}
