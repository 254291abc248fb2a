using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net;

/// <summary>An engine whose faults stay where they are: what throws costs one datagram, one transport or one tick, and the worker lives on.</summary>
/// <remarks>Belongs to one <see cref="RtcWorker"/>; only its thread calls it. Every fault is counted as <see cref="DropReason.InternalError"/>.</remarks>
internal sealed class GuardedEngine(int worker, RtcEngine engine, SendBatch batch, ChannelWriter<RtcEvent> events, ILogger logger)
{
    // What fails is due again at once.
    private static readonly TimeSpan PauseAfterFailedTick = TimeSpan.FromMilliseconds(100);

    private readonly FaultLimiter _datagramFaults = new();
    private readonly FaultLimiter _tickFaults = new();
    private Instant _noTickBefore = Instant.LongAgo;

    /// <summary>When <see cref="Tick"/> wants to be called next.</summary>
    public Instant NextTick => engine.NextTick > _noTickBefore ? engine.NextTick : _noTickBefore;

    /// <summary>Handles one datagram.</summary>
    /// <param name="now">The time of its round.</param>
    /// <param name="from">Who sent it.</param>
    /// <param name="datagram">Decrypted in place; valid until this method returns.</param>
    public void Receive(Instant now, TransportAddress from, Span<byte> datagram)
    {
        try
        {
            engine.Receive(now, from, datagram, batch);
        }
        catch (Exception e)
        {
            engine.Drops.Count(DropReason.InternalError);
            if (_datagramFaults.MayLog(now, out var unlogged))
            {
                logger.DatagramFailed(e, worker, from, unlogged);
            }

            AbandonCurrent(now);
            EndRound(now);   // it may have been a watcher's turn in the midst of a fan-out: those behind have theirs before anything else comes
        }
    }

    /// <inheritdoc cref="RtcEngine.IsPictureOpen"/>
    public bool IsPictureOpen => engine.IsPictureOpen;

    /// <summary>Notes what there is to take for <see cref="ReceiveRelayed"/>; before the commands are taken that say whose packets these are.</summary>
    public void NoteRelayed() => engine.NoteRelayed();

    /// <summary>Whether something waits for <see cref="ReceiveRelayed"/>.</summary>
    public bool HasRelayed => engine.HasRelayed;

    /// <summary>Takes what other workers had handed over when it was noted, and sends it on.</summary>
    public void ReceiveRelayed(Instant now)
    {
        if (!engine.HasRelayed)
        {
            return;
        }

        try
        {
            engine.ReceiveRelayed(now, batch);
        }
        catch (Exception e)
        {
            engine.Drops.Count(DropReason.InternalError);
            if (_datagramFaults.MayLog(now, out var unlogged))
            {
                logger.RelayFailed(e, worker, unlogged);
            }

            AbandonCurrent(now);
        }

        EndRound(now);
    }

    /// <summary>Sends on what the round has brought; a watcher whose turn throws is closed, and those behind it have theirs.</summary>
    public void EndRound(Instant now)
    {
        for (var isDone = false; !isDone;)
        {
            try
            {
                engine.EndRound(now, batch);
                isDone = true;
            }
            catch (Exception e)
            {
                engine.Drops.Count(DropReason.InternalError);
                if (_datagramFaults.MayLog(now, out var unlogged))
                {
                    logger.FanOutFailed(e, worker, engine.Current?.Id ?? default, unlogged);
                }

                isDone = engine.Current is null;   // nobody to close: it would throw for ever
                AbandonCurrent(now);
            }
        }
    }

    /// <summary>Does what was asked for; a command that throws closes its transport, or the watcher whose turn it was.</summary>
    public void Apply(Instant now, RtcCommand command) => Apply(now, command, isAgain: false);

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now)
    {
        if (now < NextTick)
        {
            return;
        }

        try
        {
            engine.Tick(now, batch);
        }
        catch (Exception e)
        {
            engine.Drops.Count(DropReason.InternalError);
            _noTickBefore = now + PauseAfterFailedTick;
            if (_tickFaults.MayLog(now, out var unlogged))
            {
                logger.TickFailed(e, worker, unlogged);
            }

            AbandonCurrent(now);   // or it would throw again, and those behind it would never have their turn
        }
    }

    /// <summary>Tells what happened.</summary>
    public void PublishEvents()
    {
        while (engine.TryTakeEvent(out var happened))
        {
            events.TryWrite(happened);
        }
    }

    private void Apply(Instant now, RtcCommand command, bool isAgain)
    {
        try
        {
            engine.Apply(now, command, batch);
        }
        catch (Exception e)
        {
            engine.Drops.Count(DropReason.InternalError);
            logger.CommandFailed(e, worker, command.GetType().Name, CommandTarget.Describe(command));   // its parameters hold passwords
            if (isAgain || engine.Current is not WatcherTransport faulty)
            {
                Abandon(now, command);
                return;
            }

            Apply(now, new CloseTransport(faulty.Id, CloseReason.InternalError));
            if (command is SetSources or RelaySources)
            {
                Apply(now, command, isAgain: true);   // it says how things are, and was done by half
            }
        }
    }

    private void AbandonCurrent(Instant now)
    {
        if (engine.Current is { } faulty)
        {
            Apply(now, new CloseTransport(faulty.Id, CloseReason.InternalError));
        }
    }

    // Whoever owns the transport must hear of its end, also when it never came to be.
    private void Abandon(Instant now, RtcCommand command)
    {
        if (CommandTarget.Transport(command) is not { } transport || command is CloseTransport { Reason: CloseReason.InternalError })
        {
            return;
        }

        Apply(now, new CloseTransport(transport, CloseReason.InternalError));
        if (command is AddPublisher or AddWatcher)
        {
            events.TryWrite(new TransportClosed(transport, CloseReason.InternalError));
        }
    }
}
