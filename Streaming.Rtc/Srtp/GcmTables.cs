using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Security.Cryptography.CryptographicOperations;

namespace Streaming.Rtc.Srtp;

/// <summary>What follows from a key and does not change: the AES-128 key schedule, and the powers of H by which GHASH multiplies.</summary>
/// <remarks>
/// In pinned memory that begins at a cache line, read through <see cref="Start"/>; whoever does must keep this object alive meanwhile
/// (<see cref="GC.KeepAlive"/>).
/// </remarks>
internal sealed unsafe class GcmTables
{
    /// <summary>Where the powers begin: H^16, H^15 … H^1, each divided by x as <see cref="Ghash"/> wants it, and then four zeros.</summary>
    internal const int Powers = 192;

    /// <summary>Where H^1 is; H^n is n − 1 blocks before it.</summary>
    internal const int H1 = Powers + (15 * Block);

    /// <summary>Bytes of a block.</summary>
    internal const int Block = 16;

    private const int CacheLine = 64;
    private const int Length = Powers + (20 * Block);

    private readonly byte[] _memory = GC.AllocateArray<byte>(Length + CacheLine, pinned: true);

    /// <summary>Makes the tables of a key.</summary>
    /// <param name="key">16 bytes.</param>
    internal GcmTables(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, GcmKey.KeyLength);
        fixed (byte* memory = _memory)
            Start = (byte*)(((nuint)memory + CacheLine - 1) & ~(nuint)(CacheLine - 1));

        ExpandKey(key);
        var first = Ghash.DivideByX(Ghash.Reverse(EncryptBlock(default)));
        var power = first;
        for (var at = H1; at >= Powers; at -= Block)
        {
            power.Store((ulong*)(Start + at));
            power = Ghash.Multiply(power, first);
        }
    }

    /// <summary>Whether this machine has what the tables are made with.</summary>
    internal static bool IsSupported => Aes.IsSupported && Pclmulqdq.IsSupported && Ssse3.IsSupported;

    /// <summary>Eleven round keys, then the powers.</summary>
    internal byte* Start { get; }

    /// <inheritdoc cref="GcmKey.Touch"/>
    internal int Touch()
    {
        var sum = 0;
        for (var line = 0; line < Length; line += CacheLine)
        {
            sum += Start[line];
        }

        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Wipes the key.</summary>
    internal void Clear() => ZeroMemory(_memory);

    // FIPS 197 §5.2. The round constant must be a literal: it is part of the instruction.
    private void ExpandKey(ReadOnlySpan<byte> key)
    {
        var round = Vector128.Create(key);
        round.Store(Start);
        Next(1, ref round, Aes.KeygenAssist(round, 0x01));
        Next(2, ref round, Aes.KeygenAssist(round, 0x02));
        Next(3, ref round, Aes.KeygenAssist(round, 0x04));
        Next(4, ref round, Aes.KeygenAssist(round, 0x08));
        Next(5, ref round, Aes.KeygenAssist(round, 0x10));
        Next(6, ref round, Aes.KeygenAssist(round, 0x20));
        Next(7, ref round, Aes.KeygenAssist(round, 0x40));
        Next(8, ref round, Aes.KeygenAssist(round, 0x80));
        Next(9, ref round, Aes.KeygenAssist(round, 0x1B));
        Next(10, ref round, Aes.KeygenAssist(round, 0x36));
    }

    private void Next(int number, ref Vector128<byte> round, Vector128<byte> assist)
    {
        // Each of the four words is the exclusive or of all words up to it, and of the assist's last.
        round ^= Sse2.ShiftLeftLogical128BitLane(round, 4);
        round ^= Sse2.ShiftLeftLogical128BitLane(round, 8);
        round ^= Sse2.Shuffle(assist.AsUInt32(), 0xFF).AsByte();
        round.Store(Start + (number * Block));
    }

    private Vector128<byte> EncryptBlock(Vector128<byte> block)
    {
        block ^= Vector128.Load(Start);
        for (var at = Block; at < 10 * Block; at += Block)
            block = Aes.Encrypt(block, Vector128.Load(Start + at));
        return Aes.EncryptLast(block, Vector128.Load(Start + (10 * Block)));
    }
}
