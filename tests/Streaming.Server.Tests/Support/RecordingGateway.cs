using System.Collections.Concurrent;
using Streaming.Contracts;
using Streaming.Server.Media;

namespace Streaming.Server.Tests.Support;

/// <summary>Answers every offer with a fixed text and writes down what it was asked; refuses offers that begin with "refuse".</summary>
internal sealed class RecordingGateway : IMediaGateway
{
    public const string Answer = "v=0 answer";

    /// <summary>Open sessions and whose they are.</summary>
    public ConcurrentDictionary<string, MediaOwner> Open { get; } = new();

    /// <summary>What was asked, in words.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public ValueTask<MediaResult> PublishAsync(MediaOwner owner, string sdpOffer, CancellationToken cancellationToken) =>
        OpenSession(owner, "publish", sdpOffer, [TrackSource.Voice, TrackSource.Camera]);

    public ValueTask<MediaResult> WatchAsync(MediaOwner owner, bool observer, string sdpOffer, CancellationToken cancellationToken) =>
        OpenSession(owner, observer ? "observe" : "watch", sdpOffer, []);

    /// <summary>The next <see cref="SetSources"/> fails as only a mistake of ours can.</summary>
    public bool Breaks { get; set; }

    public void SetSources(string session, IReadOnlyList<TrackSource> sources)
    {
        if (Breaks)
        {
            Breaks = false;
            throw new InvalidOperationException("A layer without a stream.");
        }

        Calls.Enqueue($"sources {string.Join('+', sources)}");
    }

    public void LimitRung(string session, Rung highest) => Calls.Enqueue($"limit {Open.GetValueOrDefault(session)?.Member} {highest}");

    /// <summary>The next <see cref="Close"/> fails as only a mistake of ours can.</summary>
    public bool BreaksOnClose { get; set; }

    public void Close(string session)
    {
        if (BreaksOnClose)
        {
            BreaksOnClose = false;
            throw new InvalidOperationException("A room without a worker.");
        }

        if (Open.TryRemove(session, out var owner))
        {
            Calls.Enqueue($"close {owner.Member}");
        }
    }

    private ValueTask<MediaResult> OpenSession(MediaOwner owner, string kind, string offer, IReadOnlyList<TrackSource> sources)
    {
        if (offer.StartsWith("throw", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("A secret of the inside.");
        }

        if (offer.StartsWith("refuse", StringComparison.Ordinal))
        {
            return ValueTask.FromResult(MediaResult.Refused(HubErrors.NoCommonCodec, "The offer has no codec that can be forwarded."));
        }

        Open[owner.Session] = owner;
        Calls.Enqueue($"{kind} {owner.Member}");
        return ValueTask.FromResult(MediaResult.Answered(Answer, sources));
    }
}
