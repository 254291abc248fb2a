namespace Streaming.Rtc.Stun;

/// <summary>The value of FINGERPRINT (RFC 8489 §14.7): CRC-32 of ITU-T V.42 over what precedes it, XOR 0x5354554E.</summary>
/// <remarks>Not the CRC-32C that processors compute: another polynomial. One check per peer and few seconds does not need more than a table.</remarks>
internal static class StunFingerprint
{
    private const uint Mask = 0x5354554E;
    private const uint ReversedPolynomial = 0xEDB88320;
    private static readonly uint[] Table = MakeTable();

    /// <summary>The fingerprint of a message.</summary>
    /// <param name="message">All before the FINGERPRINT attribute; its length field already counts that attribute.</param>
    public static uint Compute(ReadOnlySpan<byte> message) => Crc32(message) ^ Mask;

    /// <summary>CRC-32 with the polynomial 0x04C11DB7, reflected.</summary>
    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var entry = index;
            for (var bit = 0; bit < 8; bit++) entry = (entry & 1) != 0 ? (entry >> 1) ^ ReversedPolynomial : entry >> 1;
            table[index] = entry;
        }

        return table;
    }
}
