using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Rtc.Srtp;

/// <summary>AES-GCM by AES instructions and 128-bit carry-less multiplication, both on eight blocks at a time.</summary>
internal sealed unsafe class NarrowGcmKey : GcmKey
{
    private const int Block = GcmTables.Block;
    private const int Step = 8 * Block;

    private GcmTables? _tables;

    /// <summary>Sets the key.</summary>
    /// <param name="key">16 bytes.</param>
    /// <exception cref="PlatformNotSupportedException">This machine cannot do it; see <see cref="IsSupported"/>.</exception>
    internal NarrowGcmKey(ReadOnlySpan<byte> key)
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException("Needs AES-NI, PCLMULQDQ and SSSE3.");
        _tables = new GcmTables(key);
    }

    /// <summary>Whether this machine has the instructions.</summary>
    internal static bool IsSupported => GcmTables.IsSupported;

    private GcmTables Tables => _tables ?? throw new ObjectDisposedException(nameof(NarrowGcmKey));

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

    // As in WideGcmKey.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector128<byte> Run<TDirection>(
        byte* tables, GcmNonce nonce, byte* associated, int associatedLength, byte* input, byte* output, int length)
        where TDirection : struct, IGcmDirection
    {
        var low = BinaryPrimitives.ReverseEndianness(nonce.First);
        var high = BinaryPrimitives.ReverseEndianness(nonce.Last) + AesCounter.Count(2);
        var hash = HashAssociated(tables, associated, associatedLength);
        var remaining = length;
        for (; remaining >= Step; remaining -= Step)
        {
            if (!TDirection.Encrypts)
                hash = Hash(tables, hash, input);
            Transform(tables, low, high, input, output);
            if (TDirection.Encrypts)
                hash = Hash(tables, hash, output);
            high += AesCounter.Count(8);
            input += Step;
            output += Step;
        }

        return End<TDirection>(tables, low, high, ref hash, input, output, remaining, associatedLength, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Transform(byte* tables, ulong low, ulong high, byte* input, byte* output)
    {
        AesCounter.Encrypt(tables, low, high, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
        (b0 ^ Vector128.Load(input)).Store(output);
        (b1 ^ Vector128.Load(input + Block)).Store(output + Block);
        (b2 ^ Vector128.Load(input + (2 * Block))).Store(output + (2 * Block));
        (b3 ^ Vector128.Load(input + (3 * Block))).Store(output + (3 * Block));
        (b4 ^ Vector128.Load(input + (4 * Block))).Store(output + (4 * Block));
        (b5 ^ Vector128.Load(input + (5 * Block))).Store(output + (5 * Block));
        (b6 ^ Vector128.Load(input + (6 * Block))).Store(output + (6 * Block));
        (b7 ^ Vector128.Load(input + (7 * Block))).Store(output + (7 * Block));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Hash(byte* tables, Vector128<ulong> hash, byte* ciphertext)
    {
        Vector128<ulong> lower = default, middle = default, upper = default;
        var powers = tables + GcmTables.H1 - (7 * Block);
        Ghash.Add(Ghash.Reverse(Vector128.Load(ciphertext)) ^ hash, Vector128.Load((ulong*)powers), ref lower, ref middle, ref upper);
        for (var at = Block; at < Step; at += Block)
            Ghash.Add(Ghash.Reverse(Vector128.Load(ciphertext + at)), Vector128.Load((ulong*)(powers + at)), ref lower, ref middle, ref upper);
        return Ghash.Reduce(lower, middle, upper);
    }

    // Up to 127 bytes, the lengths, and the tag.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector128<byte> End<TDirection>(
        byte* tables, ulong low, ulong high, ref Vector128<ulong> hash, byte* input, byte* output, int remaining, int associatedLength, int length)
        where TDirection : struct, IGcmDirection
    {
        var keystream = stackalloc byte[Step];
        var tag = AesCounter.Encrypt(tables, low, AesCounter.First(high));
        if (remaining > 0)
            Keystream(tables, low, high, keystream);

        // The lengths come after the blocks, and get H^1.
        Vector128<ulong> lower = default, middle = default, upper = default;
        var power = tables + GcmTables.H1 - ((remaining + Block - 1) & -Block);
        var sum = hash;
        for (; remaining >= Block; remaining -= Block)
        {
            var before = Vector128.Load(input);
            var after = before ^ Vector128.Load(keystream);
            after.Store(output);
            sum ^= Ghash.Reverse(TDirection.Encrypts ? after : before);
            Ghash.Add(sum, Vector128.Load((ulong*)power), ref lower, ref middle, ref upper);
            sum = default;
            input += Block;
            output += Block;
            keystream += Block;
            power += Block;
        }

        if (remaining > 0)
        {
            var mask = Until(remaining);
            var before = LoadPart(input, remaining);
            var after = (before ^ Vector128.Load(keystream)) & mask;
            StorePart(after, output, remaining);
            sum ^= Ghash.Reverse(TDirection.Encrypts ? after : before);
            Ghash.Add(sum, Vector128.Load((ulong*)power), ref lower, ref middle, ref upper);
            sum = default;
        }

        sum ^= Vector128.Create((ulong)length * 8, (ulong)associatedLength * 8);
        Ghash.Add(sum, Vector128.Load((ulong*)(tables + GcmTables.H1)), ref lower, ref middle, ref upper);
        return tag ^ Ghash.Reverse(Ghash.Reduce(lower, middle, upper).AsByte()).AsByte();
    }

    // Mostly one block: the 12 bytes of an RTP header without extension, or of an RTCP header and its word.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector128<ulong> HashAssociated(byte* tables, byte* associated, int length)
    {
        var factor = Vector128.Load((ulong*)(tables + GcmTables.H1));
        Vector128<ulong> hash = default;
        for (; length >= Block; length -= Block, associated += Block)
            hash = Ghash.Multiply(hash ^ Ghash.Reverse(Vector128.Load(associated)), factor);
        if (length > 0)
            hash = Ghash.Multiply(hash ^ Ghash.Reverse(LoadPart(associated, length)), factor);
        return hash;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Keystream(byte* tables, ulong low, ulong high, byte* keystream)
    {
        AesCounter.Encrypt(tables, low, high, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
        b0.Store(keystream);
        b1.Store(keystream + Block);
        b2.Store(keystream + (2 * Block));
        b3.Store(keystream + (3 * Block));
        b4.Store(keystream + (4 * Block));
        b5.Store(keystream + (5 * Block));
        b6.Store(keystream + (6 * Block));
        b7.Store(keystream + (7 * Block));
    }

    // One to 15 bytes and zeros behind them.
    private static Vector128<byte> LoadPart(byte* from, int length)
    {
        Vector128<byte> part = default;
        Unsafe.CopyBlockUnaligned(&part, from, (uint)length);
        return part;
    }

    private static void StorePart(Vector128<byte> part, byte* to, int length) => Unsafe.CopyBlockUnaligned(to, &part, (uint)length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Until(int end) => Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)end));
}
