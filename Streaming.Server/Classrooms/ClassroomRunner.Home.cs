using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>On which node the class lives. It is taken when the first member comes, and given back when nobody is left; inspectors take nothing.</content>
internal sealed partial class ClassroomRunner
{
    /// <summary>How often inspectors of a class that no member has opened here are led to where one has.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private Ledger? _ledger;
    private DateTimeOffset _looked;

    /// <summary>Whether somebody looks on here who would miss the lesson if it began on another node.</summary>
    private bool HasToLook => _resting && _around.Homes.IsShared && _observers.Count > 0;

    private DateTimeOffset? NextLook(DateTimeOffset now) => !HasToLook ? null : _looked + LookInterval > now ? _looked + LookInterval : now;

    /// <summary>Sees to it that the class is this node's before a member comes into it.</summary>
    /// <returns>Why the command cannot be done here; null when it can.</returns>
    private async Task<Refusal?> SettleForAsync(Posted posted)
    {
        if (!_resting)
        {
            return null;
        }

        switch (posted)
        {
            case { Command: Join or OpenMedia }:
                return await SettleAsync();
            case { Observer: Observe or ObserverOpenMedia }:
                return await _around.Homes.FindElsewhereAsync(Id) is { } url ? Away(url) : null;
            default:
                await LookAsync();
                return null;
        }
    }

    private async Task<Refusal?> SettleAsync()
    {
        try
        {
            var (ledger, elsewhere) = await _around.Books.SettleAsync(Id);
            if (ledger is null)
            {
                return Away(elsewhere!);
            }

            if (_around.Homes.IsShared)
            {
                // Another node may have taught here since.
                _stored = await _around.Store.LoadAsync(Id, CancellationToken.None);
            }

            _ledger = ledger;
            return null;
        }
        catch (Exception failure)
        {
            LogNotLoaded(Id, failure);
            return Refusal.Busy;
        }
    }

    private async Task LookAsync()
    {
        var now = _around.Time.GetUtcNow();
        if (!HasToLook || now - _looked < LookInterval)
        {
            return;
        }

        _looked = now;
        if (await _around.Homes.FindElsewhereAsync(Id) is not null)
        {
            LetObserversLookAgain();
        }
    }

    /// <summary>Nobody is left: the book is closed, and any node may open it.</summary>
    private void GiveBack(DateTimeOffset now)
    {
        _ledger!.Mark(now, new Happening(LedgerKind.Closed));
        _ledger = null;
        _ = GiveBackAsync();
    }

    private async Task GiveBackAsync()
    {
        try
        {
            await _around.Books.RestAsync(Id);
        }
        catch (Exception failure)
        {
            LogNotGivenBack(Id, failure);
        }
    }

    // Opened for somebody who is not let in here, it would only stand about.
    private void CloseIfUnused()
    {
        _occupied = !_classroom.IsIdle;
        if (_resting && _observers.IsEmpty)
        {
            _closed = true;
            _inbox.Writer.TryComplete();
        }
    }

    private static Refusal Away(string url) => new(HubErrors.Elsewhere, url);

    [LoggerMessage(126, LogLevel.Information, "The book of class {Class} could not be given back; it stays here.")]
    private partial void LogNotGivenBack(string @class, Exception failure);
}
