using Streaming.Contracts;

namespace Streaming.Client;

/// <content>Comes, comes back, and keeps the copy of the class: everything that happens without being called.</content>
public sealed partial class ClassroomClient
{
    private async Task CloseAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
        }

        await _running;
        Close(code: null);
        _events.Writer.TryComplete();
        await _raising;
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            for (var attempt = 0; !_stop.IsCancellationRequested; attempt++)
            {
                if (!Interlocked.Exchange(ref _atOnce, false))
                {
                    await Task.Delay(_options.Reconnect.Delay(attempt, Random.Shared.NextDouble()), _options.Clock, _stop.Token);
                }

                var started = _options.Clock.GetTimestamp();
                if (await TryJoinAsync())
                {
                    await _link.Ended.WaitAsync(_stop.Token);
                    OnLost();
                    attempt = _options.Clock.GetElapsedTime(started) >= _options.Reconnect.Proven ? -1 : attempt;
                }
            }
        }
        catch (ClassroomException e)
        {
            Close(e.Code);
            _firstJoin.TrySetException(e);
        }
        catch (OperationCanceledException)
        {
            // We were closed.
        }
        finally
        {
            await _link.StopAsync();
            Close(code: null);
            _firstJoin.TrySetException(new ClassroomException(ClassroomException.Offline, "The client was closed."));
        }
    }

    /// <returns>False when there was no server, or one that has no seat for us now: worth another attempt.</returns>
    private async Task<bool> TryJoinAsync()
    {
        var server = _nodes.Current;
        using var limit = new CancellationTokenSource(_options.AttemptLimit);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            lock (_gate)
            {
                _copy.BeginJoin();
            }

            await _link.StartAsync(server, given.Token);
            var reply = await _link.InvokeAsync<JoinReply>(nameof(IClassroomHub.Join), [new JoinRequest(_options.Device)], given.Token);
            lock (_gate)
            {
                _nodes.Arrived(reply.Nodes);
            }

            OnJoined(reply);
            return true;
        }
        catch (ClassroomException e) when (MayComeBack(e.Code))
        {
            OnAttemptFailed(server, e, hangs: false);
        }
        catch (OperationCanceledException e) when (!_stop.IsCancellationRequested)
        {
            OnAttemptFailed(server, new ClassroomException(ClassroomException.Offline, "The server does not answer.", e), hangs: true);
        }

        await _link.StopAsync();
        return false;
    }

    private void OnAttemptFailed(Uri server, ClassroomException error, bool hangs)
    {
        _logger.AttemptFailed(server, error.Code, error);
        lock (_gate)
        {
            if (error.Code == HubErrors.Elsewhere)
            {
                _atOnce = _nodes.Jump(error.Message);
            }
            else if (error.Code != HubErrors.ClassFull)
            {
                _nodes.Failed(hangs);
            }
        }
    }

    // In the middle of a stay: the class has moved, or this server has lost it.
    private void OnLed(string address)
    {
        lock (_gate)
        {
            _atOnce = _nodes.Jump(address);
        }
    }

    // A seat that others hold, or a ticket that does not open the door, will not change by knocking again.
    private bool MayComeBack(string code) => code switch
    {
        ClassroomException.Offline or ClassroomException.Unexpected or HubErrors.Busy or HubErrors.ServerError or HubErrors.Elsewhere => true,
        HubErrors.ClassFull => Me is not null,
        _ => false,
    };

    private void OnJoined(JoinReply reply)
    {
        lock (_gate)
        {
            var missed = new List<ChatLine>();
            var gap = _copy.EndJoin(reply, missed);
            Me = reply.Me;
            if (State == ClassroomClientState.Closed)
            {
                return;   // dismissed before the reply was seen
            }

            State = ClassroomClientState.Joined;
            RaiseChanged(missed);
            if (!_firstJoin.TrySetResult(reply))
            {
                Raise(() => Rejoined?.Invoke(reply));
            }

            if (gap)
            {
                _ = CatchUpAsync();
            }
        }
    }

    private void OnLost()
    {
        lock (_gate)
        {
            if (State == ClassroomClientState.Joined)
            {
                State = ClassroomClientState.Connecting;
                Raise(() => Lost?.Invoke());
            }
        }
    }

    private async Task OnChangedAsync(ClassroomChange change)
    {
        lock (_gate)
        {
            switch (_copy.Apply(change))
            {
                case ChangeOutcome.Applied:
                    RaiseChanged([]);
                    return;
                case ChangeOutcome.Old or ChangeOutcome.Held:
                    return;
            }
        }

        // The hub's later messages wait until this returns, so one snapshot closes the gap.
        await CatchUpAsync();
    }

    private async Task CatchUpAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SnapshotAsync(_stopping);
                return;
            }
            catch (ClassroomException e) when (e.Code == HubErrors.Busy)
            {
                try
                {
                    await Task.Delay(_options.Reconnect.Delay(attempt, Random.Shared.NextDouble()), _options.Clock, _stopping);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
            catch (Exception e) when (e is ClassroomException or OperationCanceledException)
            {
                return;   // the connection is gone; the next join brings the whole class
            }
        }
    }

    private async Task OnSaidAsync(ChatLine line)
    {
        lock (_gate)
        {
            var said = new List<ChatLine>();
            switch (_copy.Apply(line, said))
            {
                case ChangeOutcome.Applied:
                    RaiseChanged(said);
                    return;
                case ChangeOutcome.Old or ChangeOutcome.Held:
                    return;
            }
        }

        await CatchUpAsync();
    }

    private void OnDismissed(string code)
    {
        Close(code);
        _stop.Cancel();
    }

    private void Close(string? code)
    {
        lock (_gate)
        {
            if (State == ClassroomClientState.Closed)
            {
                return;
            }

            State = ClassroomClientState.Closed;
            if (code is not null && Me is not null)
            {
                Raise(() => Dismissed?.Invoke(code));
            }

            foreach (var waiter in _waiters)
            {
                waiter.Done.TrySetException(new ClassroomException(code ?? ClassroomException.Offline, "The client was closed."));
            }
        }
    }

    private void RaiseChanged(List<ChatLine> said)
    {
        var now = _copy.Current!;
        Raise(() => Changed?.Invoke(now));
        foreach (var line in said)
        {
            Raise(() => Said?.Invoke(line));
        }

        foreach (var waiter in _waiters)
        {
            if (waiter.Condition(now))
            {
                waiter.Done.TrySetResult(now);
            }
        }
    }

    private void Raise(Action raise) => _events.Writer.TryWrite(raise);

    private async Task RaiseAllAsync()
    {
        await foreach (var raise in _events.Reader.ReadAllAsync())
        {
            try
            {
                raise();
            }
            catch (Exception e)
            {
                _logger.HandlerFailed(e);
            }
        }
    }

    private sealed record Waiter(Func<ClassroomSnapshot, bool> Condition, TaskCompletionSource<ClassroomSnapshot> Done);
}
