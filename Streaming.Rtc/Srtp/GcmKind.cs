namespace Streaming.Rtc.Srtp;

/// <summary>Which code does AES-GCM.</summary>
public enum GcmKind
{
    /// <summary>The fastest that this machine can do and that has passed its self-test.</summary>
    Auto,

    /// <summary>Our own, eight blocks at a time: AES instructions, and carry-less multiplication 512 bits wide (AVX-512 and VPCLMULQDQ).</summary>
    Wide,

    /// <summary>Our own, eight blocks at a time: AES instructions, and carry-less multiplication 128 bits wide (PCLMULQDQ).</summary>
    Narrow,

    /// <summary>The system's OpenSSL; works everywhere.</summary>
    OpenSsl,
}
