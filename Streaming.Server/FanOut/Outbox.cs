using System.Diagnostics.CodeAnalysis;

namespace Streaming.Server.FanOut;

/// <summary>One connection's messages that wait: in order, within limits, then as a digest, then no more.</summary>
/// <remarks>
/// <para>Sans-IO: it is told the time (monotonic) and what was taken. At most one write is under way; whoever may begin one is told so.</para>
/// <para>Time counts from the last moment at which something was taken, so that a slow link which drains is judged by bytes alone.</para>
/// <para>Not safe for threads; <see cref="HubOutbox"/> locks.</para>
/// </remarks>
/// <param name="limits">The limits.</param>
/// <param name="measure">A message's size in bytes, in the connection's protocol.</param>
internal sealed class Outbox(OutboxLimits limits, Func<HubNews, int> measure)
{
    /// <summary>More messages that concern it alone, and that no snapshot has, are kept for nobody.</summary>
    private const int MostOwn = 256;

    private readonly Queue<HubNews> _waiting = new();
    private NewsDigest? _digest;
    private bool _writing;
    private bool _closed;
    private TimeSpan _since;
    private TimeSpan _answered;

    /// <summary>What waits here, in bytes. What is under way is not in it, nor what the transport holds.</summary>
    public int WaitingBytes { get; private set; }

    /// <summary>Whether messages are thrown away for a snapshot to come.</summary>
    public bool IsBehind => _digest is not null;

    /// <summary>Whether a write is under way that was not taken at once.</summary>
    public bool IsWaiting => _writing;

    /// <summary>No message goes any more.</summary>
    public bool IsClosed => _closed;

    /// <summary>Whether a message may be written now, because nothing is before it. It is under way then.</summary>
    public bool TryBegin() => !_closed && !_writing && (_writing = true);

    /// <summary>What was begun was taken at once.</summary>
    public void Taken() => _writing = false;

    /// <summary>What was begun was not taken at once.</summary>
    public void Stuck(TimeSpan now) => _since = now;

    /// <summary>Lets a message wait behind what is under way.</summary>
    public OutboxStep Hold(HubNews news)
    {
        if (_closed)
        {
            return OutboxStep.None;
        }

        if (_digest is not null)
        {
            _digest.Add(news);
            return _digest.OwnCount > MostOwn ? OutboxStep.Close : OutboxStep.None;
        }

        _waiting.Enqueue(news);
        WaitingBytes += measure(news);
        return WaitingBytes > limits.Bytes ? DropToSnapshots() : OutboxStep.None;
    }

    /// <summary>What was under way was taken: the next is, if there is one.</summary>
    public bool TryNext(TimeSpan now, [NotNullWhen(true)] out HubNews? next)
    {
        _since = now;
        if (_waiting.Count == 0 && _digest is { } digest)
        {
            _digest = null;
            foreach (var news in digest.Messages())
            {
                _waiting.Enqueue(news);
                WaitingBytes += measure(news);
            }
        }

        _writing = _waiting.TryDequeue(out next);
        WaitingBytes -= next is null ? 0 : measure(next);
        return _writing;
    }

    /// <summary>An answer of so many bytes is on its way to the same connection, and what is sent after it waits for it.</summary>
    public void Expect(TimeSpan now, int bytes)
    {
        var begins = _answered > now ? _answered : now;
        var ends = begins + TimeSpan.FromSeconds((double)bytes / OutboxLimits.SlowestLink);
        _answered = ends < now + OutboxLimits.LongestAnswer ? ends : now + OutboxLimits.LongestAnswer;
    }

    /// <summary>Looks at the time.</summary>
    public OutboxStep Tick(TimeSpan now)
    {
        if (!_writing)
        {
            return OutboxStep.None;
        }

        var still = now - (_answered > _since ? _answered : _since);
        return still >= limits.SnapshotsAfter + limits.CloseAfter ? OutboxStep.Close
            : still >= limits.SnapshotsAfter && _digest is null && !_closed ? DropToSnapshots()
            : OutboxStep.None;
    }

    /// <summary>From now on nothing is begun, and nothing of what waits is wanted any more. What is under way goes on.</summary>
    public void Close()
    {
        _closed = true;
        _waiting.Clear();
        (_digest, WaitingBytes) = (null, 0);
    }

    private OutboxStep DropToSnapshots()
    {
        _digest = new NewsDigest();
        foreach (var news in _waiting)
        {
            _digest.Add(news);
        }

        _waiting.Clear();
        WaitingBytes = 0;
        return OutboxStep.ToSnapshots;
    }
}
