using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

/// <summary>The ways of doing AES-GCM that this machine has; OpenSSL everywhere, all three on a recent processor.</summary>
internal sealed class GcmKinds : TheoryData<GcmKind>
{
    public GcmKinds()
    {
        foreach (var way in GcmChoice.Machine.Ways)
        {
            if (way.IsSupported)
                Add(way.Kind);
        }
    }

    /// <summary>A key, also of a way that has failed its self-test: the test is to say how.</summary>
    internal static GcmKey SetKey(GcmKind kind, ReadOnlySpan<byte> key, bool encrypts)
    {
        foreach (var way in GcmChoice.Machine.Ways)
        {
            if (way.Kind == kind)
                return way.SetKey(key, encrypts);
        }

        throw new ArgumentOutOfRangeException(nameof(kind));
    }
}
