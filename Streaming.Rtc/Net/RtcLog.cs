using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Net;

/// <summary>What the workers log: decisions and faults, never packets. An id is never used again.</summary>
internal static partial class RtcLog
{
    [LoggerMessage(100, LogLevel.Information,
        "Worker {Worker} serves UDP at {EndPoint} by {Port}; the kernel granted {Receive} bytes for receiving, {Send} for sending.")]
    public static partial void PortOpened(this ILogger logger, int worker, IPEndPoint endPoint, string port, int receive, int send);

    [LoggerMessage(101, LogLevel.Warning,
        "Socket buffers are {Receive} and {Send} bytes instead of {Wanted}: bursts may be lost. Raise net.core.rmem_max and net.core.wmem_max.")]
    public static partial void BuffersSmall(this ILogger logger, int receive, int send, int wanted);

    [LoggerMessage(102, LogLevel.Error, "Worker {Worker}: handling a datagram from {Address} failed; {Unlogged} such failures went unlogged before.")]
    public static partial void DatagramFailed(this ILogger logger, Exception exception, int worker, TransportAddress address, long unlogged);

    [LoggerMessage(103, LogLevel.Error, "Worker {Worker}: {Command} for {Target} failed.")]
    public static partial void CommandFailed(this ILogger logger, Exception exception, int worker, string command, string target);

    [LoggerMessage(104, LogLevel.Error, "Worker {Worker}: a periodic task failed; {Unlogged} such failures went unlogged before.")]
    public static partial void TickFailed(this ILogger logger, Exception exception, int worker, long unlogged);

    [LoggerMessage(105, LogLevel.Critical, "Worker {Worker} has stopped: its rooms are dead until the process is started again.")]
    public static partial void WorkerDied(this ILogger logger, Exception exception, int worker);

    [LoggerMessage(106, LogLevel.Warning, "{Thread} did not stop within {Limit}.")]
    public static partial void ThreadLeftRunning(this ILogger logger, string thread, TimeSpan limit);

    [LoggerMessage(107, LogLevel.Debug, "{Transport}: DTLS failed: {Failure}.")]
    public static partial void DtlsFailed(this ILogger logger, TransportId transport, DtlsFailure failure);

    [LoggerMessage(108, LogLevel.Error, "{Transport}: DTLS threw.")]
    public static partial void DtlsThrew(this ILogger logger, Exception exception, TransportId transport);

    [LoggerMessage(109, LogLevel.Critical, "{Thread} has stopped: nobody can connect to its worker until the process is started again.")]
    public static partial void HandshakesDied(this ILogger logger, Exception exception, string thread);

    [LoggerMessage(112, LogLevel.Error,
        "Worker {Worker}: sending packets on to {Transport} failed; {Unlogged} such failures went unlogged before.")]
    public static partial void FanOutFailed(this ILogger logger, Exception exception, int worker, TransportId transport, long unlogged);

    [LoggerMessage(114, LogLevel.Error, "Worker {Worker}: taking packets from another worker failed; {Unlogged} such failures went unlogged before.")]
    public static partial void RelayFailed(this ILogger logger, Exception exception, int worker, long unlogged);

    [LoggerMessage(113, LogLevel.Warning,
        "Worker {Worker}: the kernel or the device refuses segmented sends (UDP_SEGMENT: {Error}). Each datagram is sent by itself: nothing is lost, but a "
        + "forwarded packet costs up to twice as much. It is tried again now and then; this is said once.")]
    public static partial void SegmentationRefused(this ILogger logger, int worker, string error);

    [LoggerMessage(115, LogLevel.Information, "AES-GCM is done by {Chosen}; asked for: {Asked}.")]
    public static partial void GcmChosen(this ILogger logger, GcmKind chosen, GcmKind asked);

    [LoggerMessage(116, LogLevel.Error, "AES-GCM by {Way} failed its self-test and is not used: {Failure}.")]
    public static partial void GcmFailed(this ILogger logger, GcmKind way, string failure);

    [LoggerMessage(170, LogLevel.Information, "Media by TCP is taken at {EndPoint}, for those whom no UDP reaches.")]
    public static partial void TcpOpened(this ILogger logger, IPEndPoint endPoint);

    [LoggerMessage(171, LogLevel.Warning, "A TCP connection could not be taken: {Error}.")]
    public static partial void TcpAcceptFailed(this ILogger logger, SocketError error);

    [LoggerMessage(172, LogLevel.Critical, "TCP connections are no longer taken at {EndPoint} until the process is started again; UDP goes on.")]
    public static partial void TcpDied(this ILogger logger, Exception exception, IPEndPoint endPoint);

    [LoggerMessage(173, LogLevel.Error, "The TCP connection of {Address} failed.")]
    public static partial void TcpConnectionFailed(this ILogger logger, Exception exception, TransportAddress address);
}
