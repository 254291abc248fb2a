using System.Text.Json;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stores;

namespace Streaming.Server.Classrooms;

/// <summary>Keeps lessons on this node's disk and in the store that nodes share, so that a class finds its lesson on whichever node opens it.</summary>
internal sealed class SharedLessonStore(FileLessonStore files, IClassStore store, LedgerBooks books) : ILessonStore
{
    private const string Document = "lesson";

    /// <summary>The younger of the two; the disk's while the store is away.</summary>
    public async ValueTask<StoredLesson> LoadAsync(string classId, CancellationToken cancellationToken)
    {
        var local = await files.LoadAsync(classId, cancellationToken);
        try
        {
            return await store.DocumentAsync(classId, Document, cancellationToken) is { } text
                && JsonSerializer.Deserialize<StoredLesson>(text, ContractsJson.Wire) is { Chat: not null } shared
                && (local.SavedAt is not { } saved || shared.SavedAt >= saved)
                    ? shared
                    : local;
        }
        catch (Exception away) when (away is StoreUnavailableException or JsonException)
        {
            return local;
        }
    }

    /// <summary>Keeps the lesson in both; one that another node has taken over is its matter.</summary>
    /// <exception cref="IOException">One of the two cannot be written now; trying again later is sensible.</exception>
    public async ValueTask SaveAsync(string classId, StoredLesson lesson, CancellationToken cancellationToken)
    {
        await files.SaveAsync(classId, lesson, cancellationToken);
        try
        {
            if (books.EpochOf(classId) is { } epoch)
            {
                await store.PutDocumentAsync(classId, Document, JsonSerializer.Serialize(lesson, ContractsJson.Wire), epoch, cancellationToken);
            }
            else if (books.IsUnclaimed(classId))
            {
                throw new IOException("The shared store is away.");
            }
        }
        catch (StoreUnavailableException away)
        {
            throw new IOException("The shared store is away.", away);
        }
    }
}
