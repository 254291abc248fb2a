using System.Runtime.CompilerServices;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Dtls;

/// <summary>Alone in the process, because it looks at the memory of all of it.</summary>
[CollectionDefinition(nameof(NativeMemoryTests), DisableParallelization = true)]
[Collection(nameof(NativeMemoryTests))]
public sealed class NativeMemoryTests
{
    [Fact]
    public void TwoThousandAssociationsLeaveNothingBehind()
    {
        OpenAndDispose(300);
        var before = Environment.WorkingSet;
        OpenAndDispose(2_000);
        var grown = Environment.WorkingSet - before;

        // Kept, they would be some 180 MB: an association with its keys' contexts takes about 45 KB at each end.
        Assert.InRange(grown, long.MinValue, 40L << 20);
    }

    [Fact]
    public void AnAssociationThatNobodyDisposedCanBeCollected()
    {
        var forgotten = Forget();
        for (var i = 0; i < 10 && forgotten.Any(reference => reference.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(forgotten, reference => reference.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] Forget()
    {
        var link = new DtlsLink();
        link.Connect();
        Assert.True(link.BothConnected);
        return [new WeakReference(link.Server), new WeakReference(link.Client)];
    }

    private static void OpenAndDispose(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var link = new DtlsLink();
            link.Connect();
            using var outbound = new OutboundSrtp(link.Server.Keys!);
            using var inbound = new InboundSrtp(link.Server.Keys!);
        }
    }
}
