using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net;

/// <summary>A bound UDP socket that moves datagrams in batches. Used by one thread.</summary>
internal interface IUdpPort : IDatagramSink, IDisposable
{
    /// <summary>Where the socket is bound.</summary>
    System.Net.IPEndPoint LocalEndPoint { get; }

    /// <summary>Datagrams that the kernel or device refused to send, since the start.</summary>
    long SendFailures { get; }

    /// <summary>Messages that the kernel took, since the start; a segmented one carries several datagrams.</summary>
    long Messages { get; }

    /// <summary>Datagrams in these messages.</summary>
    long Datagrams { get; }

    /// <summary>The error by which segmented sends were refused last; null while they never were. Each datagram goes by itself then, until they are tried again.</summary>
    string? SegmentationError { get; }

    /// <summary>Fills the slab with what has arrived; waits for the first datagram.</summary>
    /// <param name="slab">Overwritten: what it held before is gone.</param>
    /// <param name="wait">How long to wait when nothing is there; zero or less does not wait.</param>
    void Receive(DatagramSlab slab, TimeSpan wait);

    /// <summary>Lets more come: sleeps, whatever happens.</summary>
    /// <param name="time">How long; a port that can only sleep much longer does not.</param>
    void Pause(TimeSpan time);

    /// <summary>Ends a wait from another thread, now or at the next <see cref="Receive"/>.</summary>
    void Wake();
}
