using System.Diagnostics;
using System.Net.Sockets;
using Streaming.Rtc;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Srtp;
using Streaming.Rtc.Stun;

namespace Streaming.Benchmarks.Load;

/// <summary>How a viewer's socket is opened and what it offers.</summary>
/// <param name="Profile">The only SRTP profile that is offered.</param>
/// <param name="TakesBatches">Segmented batches are taken whole (UDP_GRO).</param>
/// <param name="NotesTimes">The kernel notes when each datagram came.</param>
/// <param name="TellsArrivals">Transport feedback is offered, for which the kernel's times are needed.</param>
internal sealed record ViewerLinkOptions(SrtpProfile Profile, bool TakesBatches, bool NotesTimes, bool TellsArrivals);

/// <summary>A viewer's connection: its socket, the checks by which it keeps consent, the handshake, and the keys.</summary>
/// <remarks>The same parts as <see cref="Client.Peers.HeadlessPeer"/>, without all that looks into every packet. Belongs to the thread of a <see cref="ViewerLoop"/>.</remarks>
internal sealed class ViewerLink : IDisposable
{
    // Four seconds of the usual stream: what is lost here is the load side's fault and would spoil the run.
    private const int ReceiveBuffer = 2 << 20;
    private const int MaxDatagram = 1_500;

    private static readonly Lazy<DtlsCertificate> Certificate = new(DtlsCertificate.Generate);

    private readonly ViewerLinkOptions _options;
    private readonly IceCredentials _credentials = IceCredentials.Generate();
    private readonly byte[] _outgoing = new byte[MaxDatagram];
    private Socket? _socket;
    private IceController? _ice;
    private DtlsTransport? _dtls;
    private bool _handshakes;

    public ViewerLink(ViewerLinkOptions options, bool voiceOnly)
    {
        _options = options;
        var local = new LocalDescription(_credentials, Certificate.Value.Fingerprint, [], (ulong)Random.Shared.NextInt64());
        Offer = ClientOffer.Watch(local, voice: true, pictures: voiceOnly ? 0 : 1, transportFeedback: options.TellsArrivals);
    }

    /// <summary>The SDP offer.</summary>
    public string Offer { get; }

    /// <summary>Keys for what comes; null before the handshake is done.</summary>
    public InboundSrtp? Inbound { get; private set; }

    /// <summary>Keys for what goes; null before the handshake is done.</summary>
    public OutboundSrtp? Outbound { get; private set; }

    /// <summary>Why it ended; null while it lives.</summary>
    public string? Failure { get; private set; }

    /// <summary>When <see cref="Tick"/> wants to be called next.</summary>
    public Instant NextTick { get; private set; } = Instant.Never;

    /// <summary>Its socket for the kernel; -1 while there is none.</summary>
    public int Descriptor { get; private set; } = -1;

    /// <summary>Datagrams that the kernel dropped because the socket's buffer was full: the load side's own loss.</summary>
    public long KernelDrops
    {
        get
        {
            const int memoryInfo = 55, drops = 8;   // SO_MEMINFO, SK_MEMINFO_DROPS
            Span<byte> info = stackalloc byte[9 * sizeof(uint)];
            return _socket is { } socket && socket.GetRawSocketOption(ControlMessages.SocketLevel, memoryInfo, info) == info.Length
                ? BitConverter.ToUInt32(info[(drops * sizeof(uint))..])
                : 0;
        }
    }

    /// <summary>Takes the server's answer and begins with the checks.</summary>
    public void Accept(Instant now, LoopbackAnswer answer)
    {
        _socket = Open(answer.Server);
        Descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
        _dtls = new DtlsTransport(Certificate.Value, DtlsRole.Client, answer.Answer.Fingerprint, _options.Profile);
        _ice = new IceController(_credentials, answer.Answer.Ice, answer.Server, (ulong)Random.Shared.NextInt64());
        _ice.Start(now);
        Tick(now);
    }

    /// <summary>Takes a STUN message.</summary>
    public void ReceiveStun(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (Failure is not null || !StunReader.TryRead(datagram, out var response) || !_ice!.Receive(now, response))
        {
            return;
        }

        if (_ice.IsConnected && !_handshakes)
        {
            _handshakes = true;
            _dtls!.Start(now);
        }

        Tick(now);
    }

    /// <summary>Takes a DTLS datagram.</summary>
    public void ReceiveDtls(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (Failure is null)
        {
            _dtls!.Receive(now, datagram);
            Tick(now);
        }
    }

    /// <summary>Sends what is due.</summary>
    public void Tick(Instant now)
    {
        if (Failure is not null)
        {
            return;
        }

        if (_ice!.Tick(now, _outgoing) is > 0 and var length)
        {
            Send(_outgoing.AsSpan(0, length));
        }

        _dtls!.Tick(now);
        SendFromDtls();
        if (_dtls.State == DtlsState.Connected && Outbound is null)
        {
            var keys = _dtls.Keys ?? throw new UnreachableException("Connected without keys.");
            (Inbound, Outbound) = (new InboundSrtp(keys), new OutboundSrtp(keys));
        }

        Failure = _dtls.State switch
        {
            DtlsState.Failed => $"The DTLS handshake failed: {_dtls.Failure}.",
            DtlsState.Closed => "The server said goodbye.",
            _ when _ice.HasExpired(now) => "The server does not answer ICE checks.",
            _ => null,
        };
        NextTick = Failure is null ? Instant.Earlier(Instant.Earlier(_ice.NextTick, _ice.ConsentExpires), _dtls.NextTick) : Instant.Never;
    }

    /// <summary>Sends a datagram to the server. A refusal is a lost datagram.</summary>
    public void Send(ReadOnlySpan<byte> datagram) => _socket!.Send(datagram, SocketFlags.None, out _);

    /// <summary>Says goodbye.</summary>
    public void Close()
    {
        if (_dtls is not null && Failure is null)
        {
            _dtls.Close();
            SendFromDtls();
            Failure = "It was closed.";
        }

        Descriptor = -1;
    }

    public void Dispose()
    {
        Close();
        Inbound?.Dispose();
        Outbound?.Dispose();
        _dtls?.Dispose();
        _socket?.Dispose();
    }

    private void SendFromDtls()
    {
        while (_dtls!.TryTakeOutgoing(_outgoing, out var length))
        {
            Send(_outgoing.AsSpan(0, length));
        }
    }

    // Connected, so that the kernel looks up the route once and lets nobody else's datagrams through.
    private Socket Open(TransportAddress server)
    {
        var endpoint = server.ToIPEndPoint();
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            SocketBuffers.Ask(socket, ReceiveBuffer);
            if (_options.TakesBatches)
            {
                socket.SetRawSocketOption(ControlMessages.UdpLevel, ControlMessages.UdpGro, BitConverter.GetBytes(1));
            }

            if (_options.NotesTimes || _options.TellsArrivals)
            {
                socket.SetRawSocketOption(ControlMessages.SocketLevel, ControlMessages.TimestampNanoseconds, BitConverter.GetBytes(1));
            }

            socket.Connect(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
