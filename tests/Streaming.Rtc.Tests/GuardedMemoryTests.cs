namespace Streaming.Rtc.Tests;

public class GuardedMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(8191)]
    public unsafe void EverySpanEndsAtAPageThatNobodyMayTouch(int length)
    {
        using var guarded = new GuardedMemory(8192);
        var span = guarded.Tail(length);
        span.Fill(0xA5);
        fixed (byte* start = &System.Runtime.InteropServices.MemoryMarshal.GetReference(span))
        {
            var end = (nuint)(start + length);
            Assert.Equal(0u, end % (nuint)Environment.SystemPageSize);
            Assert.Equal("---p", ProtectionOf(end));
            if (length > 0) Assert.Equal("rw-p", ProtectionOf(end - 1));
        }
    }

    [Fact]
    public void ACopyHoldsTheSameBytesAndText()
    {
        using var guarded = new GuardedMemory();
        Assert.Equal([1, 2, 3], guarded.Copy([1, 2, 3]).ToArray());
        Assert.Equal("candidate", guarded.Copy("candidate".AsSpan()).ToString());
    }

    /// <summary>What the kernel says about the page at an address.</summary>
    private static string ProtectionOf(nuint address)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var fields = line.Split(' ', 3);
            var range = Array.ConvertAll(fields[0].Split('-'), bound => nuint.Parse(bound, System.Globalization.NumberStyles.HexNumber));
            if (address >= range[0] && address < range[1]) return fields[1];
        }

        return "not mapped";
    }
}
