using System.Buffers.Binary;

namespace Streaming.Rtc.Dtls;

/// <summary>The record layer's outside (RFC 6347 §4.1): type(1) version(2) epoch(2) sequence number(6) length(2).</summary>
internal static class DtlsRecords
{
    internal const int HeaderLength = 13;

    private const byte ChangeCipherSpec = 20;
    private const byte ApplicationData = 23;
    private const byte Handshake = 22;
    private const int LargestFragment = (1 << 14) + 2048;

    // RFC 5288 §3: explicit nonce and tag. We negotiate AES-GCM only.
    private const int SmallestCiphertext = 8 + 16;

    /// <summary>Whether a datagram consists of whole, plausible records and nothing else.</summary>
    /// <remarks>
    /// RFC 6347 §4.1.2.7 wants invalid records dropped silently. OpenSSL 3.0 ends a handshake over a plaintext record of a type that it does
    /// not expect, and an association over an encrypted record too short to hold nonce and tag, so whoever can get one datagram through
    /// could end either. Those never reach it.
    /// </remarks>
    internal static bool AreValid(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeaderLength)
            return false;

        while (datagram.Length > 0)
        {
            if (datagram is not [>= ChangeCipherSpec and <= ApplicationData, 0xFE, 0xFF or 0xFD, ..] || datagram.Length < HeaderLength)
                return false;

            var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[11..]);
            if (length is 0 or > LargestFragment || HeaderLength + length > datagram.Length)
                return false;

            if (IsPlain(datagram) ? datagram[0] == ApplicationData : length < SmallestCiphertext)
                return false;

            datagram = datagram[(HeaderLength + length)..];
        }

        return true;
    }

    /// <summary>Whether a valid datagram holds a handshake message or ChangeCipherSpec that is not encrypted, as a repeated flight does.</summary>
    internal static bool HavePlainHandshake(ReadOnlySpan<byte> datagram)
    {
        while (datagram.Length >= HeaderLength)
        {
            if (datagram[0] is Handshake or ChangeCipherSpec && IsPlain(datagram))
                return true;

            datagram = datagram[Extent(datagram)..];
        }

        return false;
    }

    /// <summary>Whether a valid datagram holds an encrypted handshake message, which without renegotiation is Finished.</summary>
    internal static bool HaveEncryptedHandshake(ReadOnlySpan<byte> datagram)
    {
        while (datagram.Length >= HeaderLength)
        {
            if (datagram[0] == Handshake && !IsPlain(datagram))
                return true;

            datagram = datagram[Extent(datagram)..];
        }

        return false;
    }

    /// <summary>Gives the unencrypted records of our own datagram fresh sequence numbers, in place.</summary>
    /// <param name="datagram">Whole records, as OpenSSL wrote them.</param>
    /// <param name="next">The next sequence number of epoch 0; advanced.</param>
    internal static void Renumber(Span<byte> datagram, ref uint next)
    {
        while (datagram.Length >= HeaderLength)
        {
            if (IsPlain(datagram))
            {
                datagram[5] = 0;
                datagram[6] = 0;
                BinaryPrimitives.WriteUInt32BigEndian(datagram[7..], next++);
            }

            datagram = datagram[Extent(datagram)..];
        }
    }

    private static bool IsPlain(ReadOnlySpan<byte> record) => record[3] == 0 && record[4] == 0;

    private static int Extent(ReadOnlySpan<byte> record) =>
        Math.Min(HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(record[11..]), record.Length);
}
