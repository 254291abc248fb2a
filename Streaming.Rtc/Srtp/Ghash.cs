using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Rtc.Srtp;

/// <summary>Arithmetic in GHASH's field GF(2^128) by carry-less multiplication (NIST SP 800-38D §6.3, §6.4).</summary>
/// <remarks>
/// <para>
/// GCM's bit order is backwards: the first bit of the first byte is the coefficient of x^0. A block whose bytes are reversed therefore is an
/// integer with x^127 in bit 0, and the product of two such integers is the product of the polynomials, likewise backwards, in 255 bits:
/// <c>low + middle·2^64 + high·2^128</c>.
/// </para>
/// <para>
/// Backwards, the field's polynomial is 2^128 + C·2^64 + 1 with the C below. Adding the multiple of it that has the lowest 64 bits of the
/// product clears them; doing it again leaves the upper 128 bits. These are the product times x, so one factor is kept divided by x.
/// </para>
/// </remarks>
internal static class Ghash
{
    private const ulong C = 0xC200_0000_0000_0000;

    internal static Vector128<byte> Reversal
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    /// <summary>A block as the integer to calculate with, or back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<ulong> Reverse(Vector128<byte> block) => Ssse3.Shuffle(block, Reversal).AsUInt64();

    /// <summary>Divides by x.</summary>
    internal static Vector128<ulong> DivideByX(Vector128<ulong> value)
    {
        var (low, high) = (value.GetElement(0), value.GetElement(1));
        var carry = 0 - (high >> 63);   // no branch: this is the key
        return Vector128.Create((low << 1) ^ (carry & 1), ((high << 1) | (low >> 63)) ^ (carry & C));
    }

    /// <summary>Multiplies.</summary>
    /// <param name="value">One factor.</param>
    /// <param name="factor">The other, divided by x.</param>
    internal static Vector128<ulong> Multiply(Vector128<ulong> value, Vector128<ulong> factor)
    {
        Vector128<ulong> low = default, middle = default, high = default;
        Add(value, factor, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    /// <summary>Adds a product to a sum that is not reduced yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(
        Vector128<ulong> value, Vector128<ulong> factor, ref Vector128<ulong> low, ref Vector128<ulong> middle, ref Vector128<ulong> high)
    {
        low ^= Pclmulqdq.CarrylessMultiply(value, factor, 0x00);
        middle ^= Pclmulqdq.CarrylessMultiply(value, factor, 0x01) ^ Pclmulqdq.CarrylessMultiply(value, factor, 0x10);
        high ^= Pclmulqdq.CarrylessMultiply(value, factor, 0x11);
    }

    /// <summary>Brings a sum of products back to 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        var polynomial = Vector128.CreateScalar(C);
        middle ^= Swap(low) ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
        return high ^ Swap(middle) ^ Pclmulqdq.CarrylessMultiply(middle, polynomial, 0x00);
    }

    /// <summary>Adds products to four sums that are not reduced yet, one in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(
        Vector512<ulong> value, Vector512<ulong> factor, ref Vector512<ulong> low, ref Vector512<ulong> middle, ref Vector512<ulong> high)
    {
        low ^= Pclmulqdq.V512.CarrylessMultiply(value, factor, 0x00);
        middle ^= Pclmulqdq.V512.CarrylessMultiply(value, factor, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(value, factor, 0x10);
        high ^= Pclmulqdq.V512.CarrylessMultiply(value, factor, 0x11);
    }

    /// <summary>Brings four sums of products back to 128 bits, one in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<ulong> Reduce(Vector512<ulong> low, Vector512<ulong> middle, Vector512<ulong> high)
    {
        var polynomial = Vector512.Create(C);
        middle ^= Swap(low) ^ Pclmulqdq.V512.CarrylessMultiply(low, polynomial, 0x00);
        return high ^ Swap(middle) ^ Pclmulqdq.V512.CarrylessMultiply(middle, polynomial, 0x00);
    }

    /// <summary>The sum of four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<ulong> Sum(Vector512<ulong> lanes)
    {
        var half = lanes.GetLower() ^ lanes.GetUpper();
        return half.GetLower() ^ half.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Swap(Vector128<ulong> value) => Sse2.Shuffle(value.AsUInt32(), 0x4E).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Swap(Vector512<ulong> value) => Avx512F.Shuffle(value.AsUInt32(), 0x4E).AsUInt64();
}
