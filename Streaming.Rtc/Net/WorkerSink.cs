using Streaming.Rtc.Net.Tcp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net;

/// <summary>Where a worker's datagrams leave: by its UDP port, and by TCP connections for those who have no other way.</summary>
/// <remarks>Only its worker's thread calls it.</remarks>
internal sealed class WorkerSink(IUdpPort port, TcpConnections tcp) : IDatagramSink
{
    /// <inheritdoc/>
    public bool IsSegmenting => port.IsSegmenting;

    /// <inheritdoc/>
    public void Send(SendBatch batch) => port.Send(batch);

    /// <inheritdoc/>
    public void SendByTcp(TransportAddress to, ReadOnlySpan<byte> datagram) => tcp.Send(to, datagram);

    /// <inheritdoc/>
    public void CheckedByTcp(TransportAddress from, in TcpPeer peer) => tcp.Checked(from, peer);
}
