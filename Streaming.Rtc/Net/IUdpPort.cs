using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net;

/// <summary>A bound UDP socket that moves datagrams in batches. Used by one thread.</summary>
internal interface IUdpPort : IDatagramSink, IDisposable
{
    /// <summary>Where the socket is bound.</summary>
    System.Net.IPEndPoint LocalEndPoint { get; }

    /// <summary>Datagrams that the kernel or device refused to send, since the start.</summary>
    long SendFailures { get; }

    /// <summary>Fills the slab with what has arrived; waits for the first datagram.</summary>
    /// <param name="slab">Overwritten: what it held before is gone.</param>
    /// <param name="wait">How long to wait when nothing is there; zero or less does not wait.</param>
    void Receive(DatagramSlab slab, TimeSpan wait);

    /// <summary>Ends a wait from another thread, now or at the next <see cref="Receive"/>.</summary>
    void Wake();
}
