using Microsoft.Extensions.Logging;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Net;

/// <summary>The DTLS associations of one worker, each from its opening to its end, long after its handshake.</summary>
/// <remarks>
/// Called by one <see cref="HandshakeThread"/>. An association stays when its handshake is done: a peer that missed our last flight
/// repeats its own, and close_notify comes at the end.
/// </remarks>
/// <param name="certificate">Ours.</param>
/// <param name="post">Takes what comes of it to the worker.</param>
/// <param name="logger">For failures.</param>
/// <param name="gcm">Which code does the AES-GCM of SRTP.</param>
internal sealed class DtlsAssociations(DtlsCertificate certificate, Action<RtcCommand> post, ILogger logger, GcmKind gcm = GcmKind.Auto)
{
    // A hello goes to where a check came from, which proves no address. Six seconds of it are enough where nothing comes back.
    private const int MostUnanswered = 6;

    private readonly Dictionary<TransportId, DtlsTransport> _all = [];
    private readonly Dictionary<TransportId, DtlsTransport> _handshaking = [];
    private readonly HashSet<TransportId> _withKeys = [];
    private readonly byte[] _outgoing = new byte[DatagramSlab.SlotSize];

    /// <summary>Associations that are open.</summary>
    public int Count => _all.Count;

    /// <summary>Whether any has timers: only a handshake repeats anything by itself.</summary>
    public bool AreTimersRunning => _handshaking.Count > 0;

    /// <summary>Starts an association.</summary>
    public void Open(Instant now, TransportId id, DtlsRole role, ReadOnlyMemory<byte> expectedFingerprint)
    {
        DtlsTransport? association = null;
        try
        {
            // The server of a handshake chooses the SRTP profile, and browsers choose theirs of AES-CM first: they get no choice.
            SrtpProfile? only = role == DtlsRole.Client ? SrtpProfile.AeadAes128Gcm : null;
            association = new DtlsTransport(certificate, role, expectedFingerprint, only) { MostUnanswered = MostUnanswered };
            _all.Add(id, association);
            _handshaking.Add(id, association);
            association.Start(now);
            Settle(id, association);
        }
        catch (Exception e)
        {
            GiveUp(id, association, e);
        }
    }

    /// <summary>Gives a datagram to its association; one for an association that is gone is ignored.</summary>
    public void Receive(Instant now, TransportId id, ReadOnlySpan<byte> datagram)
    {
        if (!_all.TryGetValue(id, out var association))
        {
            return;
        }

        try
        {
            association.Receive(now, datagram);
            Settle(id, association);
        }
        catch (Exception e)
        {
            GiveUp(id, association, e);
        }
    }

    /// <summary>Repeats flights and gives up on handshakes, whatever is due.</summary>
    public void Tick(Instant now)
    {
        foreach (var (id, association) in _handshaking)   // removing while enumerating is allowed
        {
            if (association.NextTick > now)
            {
                continue;
            }

            try
            {
                association.Tick(now);
                Settle(id, association);
            }
            catch (Exception e)
            {
                GiveUp(id, association, e);
            }
        }
    }

    /// <summary>Says goodbye and frees the association.</summary>
    public void Close(TransportId id)
    {
        if (!_all.Remove(id, out var association))
        {
            return;
        }

        _handshaking.Remove(id);
        _withKeys.Remove(id);
        try
        {
            association.Close();
            SendOutgoing(id, association);
        }
        catch (Exception e)
        {
            logger.DtlsThrew(e, id);
        }
        finally
        {
            association.Dispose();
        }
    }

    /// <summary>Says goodbye to everybody.</summary>
    public void CloseAll()
    {
        foreach (var id in _all.Keys)
        {
            Close(id);
        }
    }

    private void Settle(TransportId id, DtlsTransport association)
    {
        // Setting keys costs as much as many packets: here, and not where the packets are.
        var hasNewKeys = association is { Keys: not null, State: DtlsState.Handshaking or DtlsState.Connected } && _withKeys.Add(id);
        if (hasNewKeys)
        {
            byte[][] flight = [.. TakeOutgoing(association)];
            post(new DtlsConnected(id, new SrtpSession(association.Keys!, gcm), association.IsProven) { LastFlight = flight });
        }
        else
        {
            SendOutgoing(id, association);
        }

        switch (association.State)
        {
            case DtlsState.Connected:
                if (_handshaking.Remove(id) && association.IsProven && !hasNewKeys)
                {
                    post(new DtlsProven(id));
                }

                break;
            case DtlsState.Closed:
                End(id, association, CloseReason.ClosedByPeer);
                break;
            case DtlsState.Failed:
                logger.DtlsFailed(id, association.Failure);
                End(id, association, association.Failure == DtlsFailure.WrongFingerprint
                    ? CloseReason.WrongFingerprint
                    : CloseReason.HandshakeFailed);
                break;
        }
    }

    private void SendOutgoing(TransportId id, DtlsTransport association)
    {
        foreach (var datagram in TakeOutgoing(association))
        {
            post(new DtlsSend(id, datagram));
        }
    }

    private IEnumerable<byte[]> TakeOutgoing(DtlsTransport association)
    {
        while (association.TryTakeOutgoing(_outgoing, out var length))
        {
            yield return _outgoing.AsSpan(0, length).ToArray();
        }
    }

    private void GiveUp(TransportId id, DtlsTransport? association, Exception exception)
    {
        logger.DtlsThrew(exception, id);
        End(id, association, CloseReason.InternalError);
    }

    private void End(TransportId id, DtlsTransport? association, CloseReason reason)
    {
        _all.Remove(id);
        _handshaking.Remove(id);
        _withKeys.Remove(id);
        association?.Dispose();
        post(new DtlsClosed(id, reason));
    }
}
