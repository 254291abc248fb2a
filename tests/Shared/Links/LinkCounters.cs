namespace Streaming.Tests.Shared.Links;

/// <summary>What one direction of a <see cref="LinkEmulator"/> did with datagrams. May be read at any time.</summary>
internal sealed class LinkCounters
{
    private readonly long[] _fates = new long[Enum.GetValues<LinkFate>().Length];
    private long _received;
    private long _bytes;
    private long _overflowed;
    private long _refused;

    /// <summary>Datagrams that came in.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Datagrams that were passed on.</summary>
    public long Delivered => this[LinkFate.Delivered];

    /// <summary>Their bytes on the wire, IPv4 and UDP headers included.</summary>
    public long DeliveredBytes => Volatile.Read(ref _bytes);

    /// <summary>Datagrams that the emulator could not hold: more were on their way than it has memory for.</summary>
    public long Overflowed => Volatile.Read(ref _overflowed);

    /// <summary>Datagrams that the system did not take when they were due.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Datagrams of one fate; of those to be delivered the ones that were.</summary>
    public long this[LinkFate fate] => Volatile.Read(ref _fates[(int)fate]);

    public void NoteReceived() => Interlocked.Increment(ref _received);

    public void NoteDropped(LinkFate fate) => Interlocked.Increment(ref _fates[(int)fate]);

    public void NoteOverflowed() => Interlocked.Increment(ref _overflowed);

    public void NoteRefused() => Interlocked.Increment(ref _refused);

    public void NoteDelivered(int length)
    {
        Interlocked.Increment(ref _fates[(int)LinkFate.Delivered]);
        Interlocked.Add(ref _bytes, length + LinkWay.HeaderBytes);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Received} in, {Delivered} out ({DeliveredBytes} bytes), {this[LinkFate.Lost]} lost, {this[LinkFate.QueueFull]} too many, "
        + $"{this[LinkFate.Down]} while down, {Overflowed} not held, {Refused} refused";
}
