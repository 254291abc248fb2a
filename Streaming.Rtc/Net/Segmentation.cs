using System.Runtime.Versioning;

namespace Streaming.Rtc.Net;

/// <summary>Whether runs of datagrams leave as one message each, by what the kernel has said to that so far.</summary>
/// <remarks>
/// A refusal may be about this moment (no memory), about one peer's path (a smaller MTU, which kernels before 6.14 call EINVAL; IPsec), or
/// about kernel and device; only the last concerns everybody, and lasts. So it takes several refusals with no success between to give up, and
/// it is tried again after a while: in messages, for a port has no clock. Belongs to one <see cref="MessageSender"/>.
/// </remarks>
/// <param name="isKnown">Whether the kernel knows segmented sends at all, and they are wanted.</param>
[SupportedOSPlatform("linux")]
internal sealed class Segmentation(bool isKnown)
{
    /// <summary>Refusals in a row, at whatever addresses, that end it.</summary>
    public const int MostRefusals = 64;

    /// <summary>Machines refused in a row that end it. Behind one address, many ports have one path.</summary>
    public const int MostMachines = 3;

    /// <summary>Messages after which it is tried again: half a second of a busy worker, minutes of an idle one.</summary>
    public const int MessagesUntilRetry = 100_000;

    private readonly bool _isKnown = isKnown;
    private readonly TransportAddress[] _machines = new TransportAddress[MostMachines];
    private int _refusedMachines;
    private int _refusals;
    private int _messagesLeft;

    /// <summary>Whether to send runs as one.</summary>
    public bool IsOn { get; private set; } = isKnown;

    /// <summary>By which error it was ended last; null while it never was.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether an error says nothing but that there is no room now: what it is about is lost, and the next may pass.</summary>
    public static bool IsOfTheMoment(int error) => error is Libc.NoRoom or Libc.NoMemory or Libc.NoBuffers;

    /// <summary>The kernel took messages.</summary>
    public void Passed(int messages, int datagrams)
    {
        if (datagrams > messages)
        {
            (_refusals, _refusedMachines) = (0, 0);
        }
        else if (!IsOn && _isKnown && (_messagesLeft -= messages) <= 0)
        {
            IsOn = true;
        }
    }

    /// <summary>The kernel refused a run, of which single datagrams then passed.</summary>
    /// <param name="to">Where it was to go.</param>
    /// <param name="error">Why; a datagram too large for the path is that peer's matter, and never counts.</param>
    public void Refused(TransportAddress to, int error)
    {
        if (!IsOn || error == Libc.MessageTooLong)
        {
            return;
        }

        _refusals++;
        if (!_machines.AsSpan(0, _refusedMachines).Contains(to.Machine))
        {
            _machines[_refusedMachines++] = to.Machine;
        }

        if (_refusals == MostRefusals || _refusedMachines == MostMachines)
        {
            (IsOn, Error, _messagesLeft) = (false, Libc.NameOf(error), MessagesUntilRetry);
            (_refusals, _refusedMachines) = (0, 0);
        }
    }
}
