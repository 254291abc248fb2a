using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace Streaming.Rtc.Net;

/// <summary>Opens the port that the options ask for.</summary>
internal static class UdpPorts
{
    /// <summary>Whether this system has the batched calls, with the layouts that <see cref="Libc"/> knows.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool HasBatchedCalls => OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    /// <summary>Opens the port of worker <paramref name="index"/> and logs what the kernel granted.</summary>
    /// <exception cref="InvalidOperationException">The port cannot be had; the message says which and what to change.</exception>
    public static IUdpPort Open(RtcOptions options, int index, ILogger logger)
    {
        var number = options.FirstPort == 0 ? 0 : options.FirstPort + index;
        var socket = Bind(options, number);
        var (receive, send) = (socket.ReceiveBufferSize, socket.SendBufferSize);
        IUdpPort port = options.PortKind != UdpPortKind.Portable && HasBatchedCalls ? new LinuxUdpPort(socket, options.SegmentedSends) : new SocketUdpPort(socket);

        logger.PortOpened(index, port.LocalEndPoint, port.IsSegmenting ? $"{port.GetType().Name}, segmented" : port.GetType().Name, receive, send);
        if (index == 0 && Math.Min(receive, send) < BoundSocket.WantedBuffer)
        {
            logger.BuffersSmall(receive, send, BoundSocket.WantedBuffer);
        }

        return port;
    }

    private static Socket Bind(RtcOptions options, int number)
    {
        try
        {
            return BoundSocket.Open(options.Address, number);
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException(Explain(e.SocketErrorCode, options, number), e);
        }
    }

    private static string Explain(SocketError error, RtcOptions options, int number) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"UDP port {number} of {options.Address} is in use by another program. Stop that one, or set {nameof(RtcOptions.FirstPort)} "
            + $"to the first of {options.Workers} free ports in a row.",
        SocketError.AccessDenied =>
            $"UDP port {number} may not be opened by this user. Set {nameof(RtcOptions.FirstPort)} to 1024 or more.",
        SocketError.AddressNotAvailable =>
            $"{options.Address} is no address of this machine. Set {nameof(RtcOptions.Address)} to one that is, or to {IPAddress.IPv6Any}; "
            + $"what browsers see belongs into {nameof(RtcOptions.PublicAddresses)}.",
        SocketError.AddressFamilyNotSupported =>
            $"This machine has no IPv6. Set {nameof(RtcOptions.Address)} to {IPAddress.Any}.",
        _ => $"UDP port {number} of {options.Address} cannot be opened ({error}). Look at {nameof(RtcOptions.Address)} and {nameof(RtcOptions.FirstPort)}.",
    };
}
