using Streaming.Tests.Shared.Links;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>Both directions of one peer's link in virtual time, and what became of what went over it.</summary>
internal sealed class VirtualLink(LinkProfile profile, int seed, Instant began)
{
    private readonly LinkModel _down = new(profile.Down, seed, began);
    private readonly LinkModel _up = new(profile.Up, ~seed, began);

    /// <summary>Towards the peer.</summary>
    public LinkCounters Down { get; } = new();

    /// <summary>Towards the server.</summary>
    public LinkCounters Up { get; } = new();

    /// <summary>Takes a datagram.</summary>
    /// <returns>False when it does not arrive.</returns>
    public bool TryPass(Instant now, int length, bool isUp, out Instant arrival)
    {
        var (model, counters) = isUp ? (_up, Up) : (_down, Down);
        counters.NoteReceived();
        var fate = model.Take(now, length, out arrival);
        if (fate == LinkFate.Delivered)
        {
            counters.NoteDelivered(length);
            return true;
        }

        counters.NoteDropped(fate);
        return false;
    }

    /// <summary>Becomes another link from now on.</summary>
    public void Change(Instant now, LinkProfile other)
    {
        _down.Change(now, other.Down);
        _up.Change(now, other.Up);
    }
}
