namespace Streaming.Server.Classrooms;

/// <summary>Keeps over a restart what of a class must not be lost.</summary>
internal interface ILessonStore
{
    /// <summary>What was last kept of the class; <see cref="StoredLesson.None"/> when nothing was, or nothing that can be read.</summary>
    /// <exception cref="IOException">It cannot be read now, though it may well be good: nothing may be written over it.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    ValueTask<StoredLesson> LoadAsync(string classId, CancellationToken cancellationToken);

    /// <summary>Keeps <paramref name="lesson"/>, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or broken; trying again later is sensible.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not ours to write.</exception>
    ValueTask SaveAsync(string classId, StoredLesson lesson, CancellationToken cancellationToken);
}
