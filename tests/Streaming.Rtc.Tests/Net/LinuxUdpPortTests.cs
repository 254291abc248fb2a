using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Streaming.Rtc.Net;

namespace Streaming.Rtc.Tests.Net;

[SupportedOSPlatform("linux")]
public sealed class LinuxUdpPortTests : UdpPortContract
{
    private protected override IUdpPort Take(Socket socket) => new LinuxUdpPort(socket);

    [Fact]
    public void TheStructuresLieAsTheKernelReadsThem()
    {
        Assert.Equal(16, Unsafe.SizeOf<Libc.IoVector>());
        Assert.Equal(56, Unsafe.SizeOf<Libc.MessageHeader>());
        Assert.Equal(64, Unsafe.SizeOf<Libc.MultiMessageHeader>());
        Assert.Equal(8, Unsafe.SizeOf<Libc.PollDescriptor>());
        Assert.Equal(16, Unsafe.SizeOf<Libc.TimeSpec>());
        Assert.Equal(8, OffsetOf<Libc.MessageHeader>(nameof(Libc.MessageHeader.NameLength)));
        Assert.Equal(16, OffsetOf<Libc.MessageHeader>(nameof(Libc.MessageHeader.Vectors)));
        Assert.Equal(24, OffsetOf<Libc.MessageHeader>(nameof(Libc.MessageHeader.VectorCount)));
        Assert.Equal(32, OffsetOf<Libc.MessageHeader>(nameof(Libc.MessageHeader.Control)));
        Assert.Equal(40, OffsetOf<Libc.MessageHeader>(nameof(Libc.MessageHeader.ControlLength)));
        Assert.Equal(48, OffsetOf<Libc.MessageHeader>(nameof(Libc.MessageHeader.Flags)));
        Assert.Equal(56, OffsetOf<Libc.MultiMessageHeader>(nameof(Libc.MultiMessageHeader.Length)));
    }

    [Fact]
    public void AThreadsCpuTimeGrowsAsItWorks()
    {
        var before = Libc.ThreadCpuTime();
        var spins = 0L;
        while (Libc.ThreadCpuTime() == before)
        {
            Assert.True(++spins < 100_000_000, "The thread's clock stands still.");
        }

        Assert.True(Libc.ThreadCpuTime() > before);
    }

    private static int OffsetOf<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
