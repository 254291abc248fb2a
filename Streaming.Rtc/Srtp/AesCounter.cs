using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Rtc.Srtp;

/// <summary>AES-128 in counter mode on eight blocks at a time: as many as keep the AES units of a core busy.</summary>
/// <remarks>
/// A counter block is told as two halves as they lie in memory. Its count is the last byte, the highest of the upper half: packets are short
/// enough (<see cref="SrtpCipher.MaxPayload"/>). Each caller is a method that does little else, because the AES instructions reach sixteen registers
/// only, and the compiler hands those out well only while nothing else wants them.
/// </remarks>
internal static unsafe class AesCounter
{
    private const int Block = GcmTables.Block;

    /// <summary>What to add to the upper half of a counter block for so many blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Count(int blocks) => (ulong)blocks << 56;

    /// <summary>The upper half of the counter block whose keystream goes over the tag: count 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong First(ulong high) => (high & (~0UL >> 8)) | Count(1);

    /// <summary>The keystream of one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Encrypt(byte* keys, ulong low, ulong high)
    {
        var block = Vector128.Create(low, high).AsByte() ^ Vector128.Load(keys);
        for (var at = Block; at < 10 * Block; at += Block)
            block = Aes.Encrypt(block, Vector128.Load(keys + at));
        return Aes.EncryptLast(block, Vector128.Load(keys + (10 * Block)));
    }

    /// <summary>The keystream of a block and the seven after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Encrypt(
        byte* keys, ulong low, ulong high, out Vector128<byte> block0, out Vector128<byte> block1, out Vector128<byte> block2,
        out Vector128<byte> block3, out Vector128<byte> block4, out Vector128<byte> block5, out Vector128<byte> block6, out Vector128<byte> block7)
    {
        var counter = Vector128.Create(low, high);
        var key = Vector128.Load((ulong*)keys);
        block0 = (counter ^ key).AsByte();
        block1 = ((counter + Vector128.Create(0, 1UL << 56)) ^ key).AsByte();
        block2 = ((counter + Vector128.Create(0, 2UL << 56)) ^ key).AsByte();
        block3 = ((counter + Vector128.Create(0, 3UL << 56)) ^ key).AsByte();
        block4 = ((counter + Vector128.Create(0, 4UL << 56)) ^ key).AsByte();
        block5 = ((counter + Vector128.Create(0, 5UL << 56)) ^ key).AsByte();
        block6 = ((counter + Vector128.Create(0, 6UL << 56)) ^ key).AsByte();
        block7 = ((counter + Vector128.Create(0, 7UL << 56)) ^ key).AsByte();
        Round(keys + (1 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        Round(keys + (2 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        Round(keys + (3 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        Round(keys + (4 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        Round(keys + (5 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        Round(keys + (6 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        Round(keys + (7 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        Round(keys + (8 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        Round(keys + (9 * Block), ref block0, ref block1, ref block2, ref block3, ref block4, ref block5, ref block6, ref block7);
        var last = Vector128.Load(keys + (10 * Block));
        block0 = Aes.EncryptLast(block0, last);
        block1 = Aes.EncryptLast(block1, last);
        block2 = Aes.EncryptLast(block2, last);
        block3 = Aes.EncryptLast(block3, last);
        block4 = Aes.EncryptLast(block4, last);
        block5 = Aes.EncryptLast(block5, last);
        block6 = Aes.EncryptLast(block6, last);
        block7 = Aes.EncryptLast(block7, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        byte* keys, ref Vector128<byte> block0, ref Vector128<byte> block1, ref Vector128<byte> block2, ref Vector128<byte> block3,
        ref Vector128<byte> block4, ref Vector128<byte> block5, ref Vector128<byte> block6, ref Vector128<byte> block7)
    {
        var key = Vector128.Load(keys);
        block0 = Aes.Encrypt(block0, key);
        block1 = Aes.Encrypt(block1, key);
        block2 = Aes.Encrypt(block2, key);
        block3 = Aes.Encrypt(block3, key);
        block4 = Aes.Encrypt(block4, key);
        block5 = Aes.Encrypt(block5, key);
        block6 = Aes.Encrypt(block6, key);
        block7 = Aes.Encrypt(block7, key);
    }
}
