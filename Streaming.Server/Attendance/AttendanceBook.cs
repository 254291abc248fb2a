using System.Globalization;
using Microsoft.Extensions.Options;
using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>A class's attendance as it can be told at one moment.</summary>
/// <param name="Entries">Its ledger.</param>
/// <param name="Sheets">Its lessons, oldest first.</param>
/// <param name="Roll">Who belongs to it; null when nobody has said.</param>
internal sealed record ClassAttendance(IReadOnlyList<LedgerEntry> Entries, IReadOnlyList<AttendanceSheet> Sheets, Roll? Roll)
{
    private readonly Lazy<IReadOnlyDictionary<string, string>> _names = new(() => AttendanceReport.NamesIn(Entries));

    /// <summary>What is told of one of its lessons.</summary>
    public AttendanceReport Report(AttendanceSheet sheet) => AttendanceReport.Of(sheet, _names.Value, Roll);

    /// <summary>The entries behind one of its lessons.</summary>
    public IEnumerable<LedgerEntry> EntriesOf(long lesson) =>
        Sheets.FirstOrDefault(sheet => sheet.Sequence == lesson) is { Entries: var (first, last) }
            ? Entries.Where(entry => entry.Sequence >= first && entry.Sequence <= last)
            : [];
}

/// <summary>Brings together what a class's attendance is told from: its ledger, its roll, its settings.</summary>
internal sealed class AttendanceBook(LedgerReader ledger, IClassStore store, IOptions<StreamingOptions> options, TimeProvider time)
{
    /// <summary>Names the newest lesson.</summary>
    public const string Last = "last";

    /// <summary>More lessons than a class has while its records are kept.</summary>
    private const int MostLessons = 20_000;

    /// <summary>A class's attendance now.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<ClassAttendance> ReadAsync(string @class, CancellationToken cancellationToken)
    {
        var entries = await ledger.ReadRangeAsync(@class, 0, long.MaxValue, cancellationToken);
        return await TellAsync(@class, entries, cancellationToken);
    }

    /// <summary>What is told of one lesson, and of others only by chance: a book of years is not read for the last of its lessons.</summary>
    /// <param name="class">The class.</param>
    /// <param name="lesson">The lesson's sequence number, or <see cref="Last"/>; of another name everything is read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<ClassAttendance> ReadAsync(string @class, string lesson, CancellationToken cancellationToken)
    {
        var starts = await ledger.MarksAsync(@class, LedgerKind.Started, MostLessons, cancellationToken);
        var index = lesson == Last ? starts.Count - 1
            : long.TryParse(lesson, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
                ? starts.ToList().FindIndex(start => start.Sequence == sequence)
                : -1;
        if (index < 0)
        {
            return await ReadAsync(@class, cancellationToken);
        }

        // Who waited for the bell came before it: the story begins where the class was last empty.
        var closes = await ledger.MarksAsync(@class, LedgerKind.Closed, MostLessons, cancellationToken);
        var after = closes.LastOrDefault(close => close.Sequence < starts[index].Sequence).Sequence;
        var until = index + 1 < starts.Count ? starts[index + 1].Sequence - 1 : long.MaxValue;
        return await TellAsync(@class, await ledger.ReadRangeAsync(@class, after, until, cancellationToken), cancellationToken);
    }

    private async Task<ClassAttendance> TellAsync(string @class, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var roll = await RollAsync(@class, cancellationToken);
        var settings = await SettingsAsync(@class, cancellationToken);
        return new ClassAttendance(entries, AttendanceSheet.Read(entries, settings.Rules(options.Value), time.GetUtcNow()), roll);
    }

    /// <summary>Who belongs to a class; null when nobody has said.</summary>
    public async Task<Roll?> RollAsync(string @class, CancellationToken cancellationToken) =>
        Roll.Read(await store.DocumentAsync(@class, Roll.Document, cancellationToken));

    /// <summary>Says who belongs to a class, or that nobody says any more.</summary>
    public Task WriteRollAsync(string @class, Roll? roll, CancellationToken cancellationToken) =>
        store.PutDocumentAsync(@class, Roll.Document, roll?.Write(), epoch: null, cancellationToken);

    /// <summary>What a class has decided for itself.</summary>
    public async Task<ClassSettings> SettingsAsync(string @class, CancellationToken cancellationToken) =>
        ClassSettings.Read(await store.DocumentAsync(@class, ClassSettings.Document, cancellationToken));

    /// <summary>Decides for a class.</summary>
    public Task WriteSettingsAsync(string @class, ClassSettings settings, CancellationToken cancellationToken) =>
        store.PutDocumentAsync(@class, ClassSettings.Document, settings == ClassSettings.None ? null : settings.Write(), epoch: null, cancellationToken);
}
