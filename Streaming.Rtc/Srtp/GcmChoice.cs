namespace Streaming.Rtc.Srtp;

/// <summary>A way of doing AES-GCM, and what this machine makes of it.</summary>
/// <param name="Kind">Which way.</param>
/// <param name="IsSupported">Whether the machine has what it takes.</param>
/// <param name="Needs">What it takes, in words.</param>
/// <param name="SetKey">Makes a key.</param>
internal sealed record GcmWay(GcmKind Kind, bool IsSupported, string Needs, GcmSelfTest.KeySetter SetKey)
{
    /// <summary>Why the self-test failed; null when it passed, or when the way is not supported.</summary>
    internal string? Failure { get; } = IsSupported ? GcmSelfTest.Failure(SetKey) : null;

    /// <summary>Whether it may be used.</summary>
    internal bool IsUsable => IsSupported && Failure is null;
}

/// <summary>The ways of doing AES-GCM, tested once when this is made.</summary>
internal sealed class GcmChoice
{
    private readonly GcmWay[] _ways;

    /// <summary>Tests what is offered.</summary>
    /// <param name="ways">Fastest first.</param>
    internal GcmChoice(params GcmWay[] ways) => _ways = ways;

    /// <summary>What this machine can do; tested on first use, once in a process.</summary>
    internal static GcmChoice Machine { get; } = new(
        new GcmWay(GcmKind.Wide, WideGcmKey.IsSupported, "AES-NI, AVX-512 and VPCLMULQDQ", static (key, _) => new WideGcmKey(key)),
        new GcmWay(GcmKind.Narrow, NarrowGcmKey.IsSupported, "AES-NI and PCLMULQDQ", static (key, _) => new NarrowGcmKey(key)),
        new GcmWay(GcmKind.OpenSsl, true, "OpenSSL", static (key, encrypts) => new OpenSslGcmKey(key, encrypts)));

    /// <summary>All ways, usable or not, fastest first.</summary>
    internal ReadOnlySpan<GcmWay> Ways => _ways;

    /// <summary>Why a kind cannot be used, as the rest of a sentence; null when it can.</summary>
    internal string? Problem(GcmKind kind) => kind == GcmKind.Auto
        ? Array.Exists(_ways, way => way.IsUsable) ? null : "and no way of doing AES-GCM has passed its self-test"
        : Array.Find(_ways, way => way.Kind == kind) switch
        {
            null => "which is no way of doing AES-GCM",
            { IsSupported: false } way => $"which needs {way.Needs}",
            { Failure: { } failure } => $"which has failed its self-test: {failure}",
            _ => null,
        };

    /// <summary>The kind that is meant: that itself, or the fastest usable one for <see cref="GcmKind.Auto"/>.</summary>
    /// <exception cref="PlatformNotSupportedException">It cannot be used; see <see cref="Problem"/>.</exception>
    internal GcmKind Resolve(GcmKind kind) => Find(kind).Kind;

    /// <summary>Sets a key.</summary>
    /// <param name="kind">By which way.</param>
    /// <param name="key">16 bytes.</param>
    /// <param name="encrypts">Which direction it is for.</param>
    /// <exception cref="PlatformNotSupportedException">That way cannot be used; see <see cref="Problem"/>.</exception>
    internal GcmKey SetKey(GcmKind kind, ReadOnlySpan<byte> key, bool encrypts) => Find(kind).SetKey(key, encrypts);

    private GcmWay Find(GcmKind kind)
    {
        foreach (var way in _ways)
        {
            if (way.IsUsable && (way.Kind == kind || kind == GcmKind.Auto))
                return way;
        }

        throw new PlatformNotSupportedException($"AES-GCM is to be done by {kind}, {Problem(kind)}.");
    }
}
