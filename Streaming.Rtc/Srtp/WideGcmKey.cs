using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Rtc.Srtp;

/// <summary>AES-GCM by AES instructions on eight blocks at a time and carry-less multiplication in four lanes of 128 bits.</summary>
/// <remarks>
/// <para>
/// GHASH is kept in four lanes: of every 64 bytes each lane takes its block and is multiplied by H^4 for the next; only at the end it is
/// multiplied by what it still lacks, and the lanes are summed up. That is exact, because GHASH is a polynomial in H.
/// </para>
/// <para>
/// The hot methods are compiled once and for good (<see cref="MethodImplOptions.AggressiveOptimization"/>), never by a profile of what
/// happened to run first; and they are small, because in a large one the compiler spends its budget and stops inlining.
/// </para>
/// </remarks>
internal sealed unsafe class WideGcmKey : GcmKey
{
    private const int Block = GcmTables.Block;
    private const int Lanes = 4 * Block;
    private const int Step = 8 * Block;

    private GcmTables? _tables;

    /// <summary>Sets the key.</summary>
    /// <param name="key">16 bytes.</param>
    /// <exception cref="PlatformNotSupportedException">This machine cannot do it; see <see cref="IsSupported"/>.</exception>
    internal WideGcmKey(ReadOnlySpan<byte> key)
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException("Needs AES-NI, AVX-512 (F, BW) and VPCLMULQDQ.");
        _tables = new GcmTables(key);
    }

    /// <summary>Whether this machine has the instructions.</summary>
    internal static bool IsSupported => GcmTables.IsSupported && Pclmulqdq.V512.IsSupported && Avx512BW.IsSupported;

    private GcmTables Tables => _tables ?? throw new ObjectDisposedException(nameof(WideGcmKey));

    /// <inheritdoc/>
    internal override void Encrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        Check(plaintext.Length, output.Length, plaintext.Length + TagLength);
        var tables = Tables;
        fixed (byte* header = associated, from = plaintext, to = output)
            Run<GcmEncryption>(tables.Start, nonce, header, associated.Length, from, to, plaintext.Length).Store(to + plaintext.Length);
        GC.KeepAlive(tables);
    }

    /// <inheritdoc/>
    internal override bool TryDecrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> payload, ReadOnlySpan<byte> tag)
    {
        Check(payload.Length, tag.Length, TagLength);
        var tables = Tables;
        Vector128<byte> expected;
        fixed (byte* header = associated, at = payload)
            expected = Run<GcmDecryption>(tables.Start, nonce, header, associated.Length, at, at, payload.Length);
        GC.KeepAlive(tables);

        // All sixteen bytes in one comparison: the time tells nothing about where they differ.
        return expected == Vector128.Create(tag);
    }

    /// <inheritdoc/>
    internal override int Touch() => _tables?.Touch() ?? 0;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _tables?.Clear();
        _tables = null;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector128<byte> Run<TDirection>(
        byte* tables, GcmNonce nonce, byte* associated, int associatedLength, byte* input, byte* output, int length)
        where TDirection : struct, IGcmDirection
    {
        var low = BinaryPrimitives.ReverseEndianness(nonce.First);
        var high = BinaryPrimitives.ReverseEndianness(nonce.Last) + AesCounter.Count(2);
        var lanes = associatedLength switch
        {
            12 => HashTwelve(associated),
            20 => HashTwenty(associated),
            _ => HashAssociated(tables, associated, associatedLength),
        };
        var remaining = length;
        for (; remaining >= Step; remaining -= Step)
        {
            // Of what is encrypted the step before: that has left the core by now, so reading it waits for nothing.
            if (!TDirection.Encrypts)
                lanes = Hash(tables, lanes, input);
            Transform(tables, low, high, input, output);
            if (TDirection.Encrypts && remaining != length)
                lanes = Hash(tables, lanes, output - Step);
            high += AesCounter.Count(8);
            input += Step;
            output += Step;
        }

        if (TDirection.Encrypts && length >= Step)
            lanes = Hash(tables, lanes, output - Step);
        return End<TDirection>(tables, low, high, ref lanes, input, output, remaining, associatedLength, length);
    }

    // Up to 127 bytes, the lengths, and the tag.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector128<byte> End<TDirection>(
        byte* tables, ulong low, ulong high, ref Vector512<ulong> lanes, byte* input, byte* output, int remaining, int associatedLength, int length)
        where TDirection : struct, IGcmDirection
    {
        // The blocks that still come, and the one of the lengths, give the factors: for n blocks H^(n+5) … H^(n+2) for the lanes and
        // H^(n+1) … H^2 for the blocks. Behind H^1 lie zeros, for lanes without a block.
        var powers = tables + GcmTables.H1 - ((remaining + Block - 1) & -Block);
        var tag = AesCounter.Encrypt(tables, low, AesCounter.First(high));
        Vector512<ulong> lower = default, middle = default, upper = default;
        if (remaining > 0)
        {
            AesCounter.Encrypt(tables, low, high, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
            var (key0, key1) = (Join(b0, b1, b2, b3), Join(b4, b5, b6, b7));
            var ciphertext = TransformPart<TDirection>(input, output, remaining, key0);
            Ghash.Add(ciphertext, Vector512.Load((ulong*)powers), ref lower, ref middle, ref upper);
            if (remaining > Lanes)
            {
                ciphertext = TransformPart<TDirection>(input + Lanes, output + Lanes, remaining - Lanes, key1);
                Ghash.Add(ciphertext, Vector512.Load((ulong*)(powers + Lanes)), ref lower, ref middle, ref upper);
            }
        }

        Ghash.Add(lanes, Vector512.Load((ulong*)(powers - Lanes)), ref lower, ref middle, ref upper);
        var lengths = Vector128.Create((ulong)length * 8, (ulong)associatedLength * 8).ToVector256().ToVector512();
        Ghash.Add(lengths, Vector512.Load((ulong*)(tables + GcmTables.H1)), ref lower, ref middle, ref upper);
        return tag ^ Ghash.Reverse(Ghash.Reduce(Ghash.Sum(lower), Ghash.Sum(middle), Ghash.Sum(upper)).AsByte()).AsByte();
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Transform(byte* tables, ulong low, ulong high, byte* input, byte* output)
    {
        AesCounter.Encrypt(tables, low, high, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
        var (input0, input1) = (Vector512.Load(input), Vector512.Load(input + Lanes));
        (Join(b0, b1, b2, b3) ^ input0).Store(output);
        (Join(b4, b5, b6, b7) ^ input1).Store(output + Lanes);
    }

    // What a mask leaves out is neither read nor written, wherever it lies.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> TransformPart<TDirection>(byte* input, byte* output, int length, Vector512<byte> keystream)
        where TDirection : struct, IGcmDirection
    {
        var mask = Until(length);
        var before = Avx512BW.MaskLoad(input, mask, default);
        var after = (before ^ keystream) & mask;
        Avx512BW.MaskStore(output, mask, after);
        return Reverse(TDirection.Encrypts ? after : before);
    }

    // Eight blocks of ciphertext into the lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Hash(byte* tables, Vector512<ulong> lanes, byte* ciphertext)
    {
        Vector512<ulong> lower = default, middle = default, upper = default;
        Ghash.Add(lanes, Power(tables, 8), ref lower, ref middle, ref upper);
        Ghash.Add(Reverse(Vector512.Load(ciphertext)), Power(tables, 4), ref lower, ref middle, ref upper);
        return Ghash.Reduce(lower, middle, upper) ^ Reverse(Vector512.Load(ciphertext + Lanes));
    }

    // An RTP header without extension, or an RTCP header and its word; read as it was written, so that the reads need not wait.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> HashTwelve(byte* associated)
    {
        var block = Vector128.Create(Unsafe.ReadUnaligned<ulong>(associated), Unsafe.ReadUnaligned<uint>(associated + 8)).AsByte();
        return Avx512F.InsertVector128(Vector512<ulong>.Zero, Ghash.Reverse(block), 3);
    }

    // An RTP header with a transport number, which is written as eight, four and eight bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> HashTwenty(byte* associated)
    {
        var last = Unsafe.ReadUnaligned<ulong>(associated + 12);
        var first = Vector128.Create(Unsafe.ReadUnaligned<ulong>(associated), Unsafe.ReadUnaligned<uint>(associated + 8) | (last << 32)).AsByte();
        var second = Vector128.CreateScalar(last >> 32).AsByte();
        return Avx512F.InsertVector256(Vector512<ulong>.Zero, Vector256.Create(Ghash.Reverse(first), Ghash.Reverse(second)), 1);
    }

    // Any length. The first vector is filled from behind, so that the last block comes into the last lane.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<ulong> HashAssociated(byte* tables, byte* associated, int length)
    {
        if (length == 0)
            return default;

        var empty = -((length + Block - 1) & -Block) & (Lanes - 1);
        var mask = Until(Math.Min(empty + length, Lanes)) & ~Until(empty);
        var lanes = Reverse(Avx512BW.MaskLoad(associated - empty, mask, default));
        for (var at = Lanes - empty; at < length; at += Lanes)
        {
            Vector512<ulong> lower = default, middle = default, upper = default;
            Ghash.Add(lanes, Power(tables, 4), ref lower, ref middle, ref upper);
            var next = Avx512BW.MaskLoad(associated + at, Until(Math.Min(length - at, Lanes)), default);
            lanes = Ghash.Reduce(lower, middle, upper) ^ Reverse(next);
        }

        return lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Power(byte* tables, int exponent) =>
        Avx512F.BroadcastVector128ToVector512((uint*)(tables + GcmTables.H1 - ((exponent - 1) * Block))).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Join(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d) => Avx512F.InsertVector256(
        Avx2.InsertVector128(a.ToVector256Unsafe(), b, 1).ToVector512Unsafe(), Avx2.InsertVector128(c.ToVector256Unsafe(), d, 1), 1);

    // Written out, it stays a constant: the bytes 15 down to 0, four times.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Reverse(Vector512<byte> blocks) => Avx512BW.Shuffle(
        blocks,
        Vector512.Create(
            0x0809_0A0B_0C0D_0E0F, 0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F, 0x0001_0203_0405_0607,
            0x0809_0A0B_0C0D_0E0F, 0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F, 0x0001_0203_0405_0607).AsByte()).AsUInt64();

    // The bytes before an end; all of them from 64 on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Until(int end) => Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)end));
}
