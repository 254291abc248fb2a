using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stores;

namespace Streaming.Server.Classrooms;

/// <content>Erasing records, while nobody is in the class.</content>
internal sealed partial class ClassroomRunner
{
    private async Task<Refusal?> EraseInTurnAsync(LedgerErasure erasure)
    {
        if (!_classroom.IsIdle)
        {
            return Refusal.ClassOccupied;
        }

        if (_resting && await SettleAsync() is { } refusal)
        {
            return refusal;
        }

        try
        {
            if (_resting && _ledger!.View.HasDevices)
            {
                // A crash left them in it: they have the grace to come back, and are gone properly after it.
                var now = _around.Time.GetUtcNow();
                Wake(now);
                Rearm(now);
                return Refusal.ClassOccupied;
            }

            await _around.Eraser.EraseAsync(_ledger!, erasure);
            await ForgetLinesAsync(erasure);
            return null;
        }
        catch (Exception failure)
        {
            LogNotErased(Id, failure);
            return failure is StoreUnavailableException ? Refusal.Busy : Refusal.ServerError;
        }
        finally
        {
            if (_resting)
            {
                GiveBack(_around.Time.GetUtcNow());
            }
        }
    }

    // The lesson that is kept holds the last lines of the chat with their speakers' names. An idle class begins from it anew.
    private async Task ForgetLinesAsync(LedgerErasure erasure)
    {
        var lines = _stored.Chat.Where(line => !erasure.Concerns(line)).ToArray();
        if (lines.Length == _stored.Chat.Count)
        {
            return;
        }

        var now = _around.Time.GetUtcNow();
        var left = _stored with { Chat = lines, SavedAt = now };

        // Not aside from the loop: the class is given back next, and then nobody here may write the shared copy any more.
        await _around.Store.SaveAsync(Id, left, CancellationToken.None);
        _stored = left;
        _saver.Save(_stored);
        _classroom = _resting ? Unopened(now) : Reopened(now);
        LetObserversLookAgain();
    }

    [LoggerMessage(127, LogLevel.Error, "Records of class {Class} could not be erased; ask again.")]
    private partial void LogNotErased(string @class, Exception failure);
}
