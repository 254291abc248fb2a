using System.Diagnostics;
using System.Security.Cryptography;
using Streaming.Contracts;
using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>What is to be erased of a class's ledger. A pure function of its entries.</summary>
internal abstract record LedgerErasure(LedgerCause Cause)
{
    /// <summary>What stays, in its order.</summary>
    public abstract IReadOnlyList<LedgerEntry> Apply(IReadOnlyList<LedgerEntry> entries);

    /// <summary>What it means for a class whose book is open: a time leads to an entry.</summary>
    /// <param name="last">The last entry's sequence number.</param>
    /// <param name="closes">When the class closed, oldest first.</param>
    public virtual LedgerErasure For(long last, IReadOnlyList<LedgerMark> closes) => this;

    /// <summary>Whether a line of the chat that is kept with the lesson is to go, too.</summary>
    public virtual bool Concerns(ChatLine line) => false;
}

/// <summary>What is older than a time, up to a moment at which nobody was in the class; or everything.</summary>
/// <param name="Time">The time (UTC); null for everything.</param>
/// <param name="Cause">Why.</param>
internal sealed record EraseBefore(DateTimeOffset? Time, LedgerCause Cause) : LedgerErasure(Cause)
{
    // Only the shared ledger knows: this node's journal may lack the class, or most of it.
    public override LedgerErasure For(long last, IReadOnlyList<LedgerMark> closes) =>
        new EraseUntil(Time is { } time ? closes.LastOrDefault(close => close.At < time).Sequence : last, Cause);

    public override bool Concerns(ChatLine line) => Time is not { } time || line.At < time;

    public override IReadOnlyList<LedgerEntry> Apply(IReadOnlyList<LedgerEntry> entries) =>
        throw new UnreachableException($"A time is no entry; {nameof(For)} leads to one.");
}

/// <summary>Everything up to an entry.</summary>
/// <param name="Until">Its sequence number.</param>
/// <param name="Cause">Why.</param>
internal sealed record EraseUntil(long Until, LedgerCause Cause) : LedgerErasure(Cause)
{
    public override IReadOnlyList<LedgerEntry> Apply(IReadOnlyList<LedgerEntry> entries) => [.. entries.Where(entry => entry.Sequence > Until)];
}

/// <summary>
/// Who somebody was: their entries stay, so that counts and the order stay true, under a name that leads to nobody. The same pseudonym stands in all
/// of them, and is kept nowhere else.
/// </summary>
/// <param name="Member">The member.</param>
internal sealed record EraseMember(string Member) : LedgerErasure(LedgerCause.Asked)
{
    private readonly string _pseudonym = $"erased-{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    public override bool Concerns(ChatLine line) => line.Member == Member;

    public override IReadOnlyList<LedgerEntry> Apply(IReadOnlyList<LedgerEntry> entries)
    {
        var devices = new Dictionary<string, string>(StringComparer.Ordinal);
        return [.. entries.Select(entry => entry.Member != Member ? entry : entry with { Member = _pseudonym, Name = null, Device = Hide(entry.Device) })];

        string? Hide(string? device) =>
            device is null ? null
            : devices.TryGetValue(device, out var known) ? known
            : devices[device] = $"device-{devices.Count + 1}";
    }
}
