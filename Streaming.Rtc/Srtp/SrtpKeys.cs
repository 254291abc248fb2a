namespace Streaming.Rtc.Srtp;

/// <summary>Master keys and salts of both directions, as exported from DTLS (RFC 5764 §4.2).</summary>
internal sealed class SrtpKeys
{
}
