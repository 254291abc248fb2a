namespace Streaming.Rtc.Tests;

/// <summary>What a hostile network may send to a parser: random bytes, and valid inputs damaged at random. The same every time.</summary>
/// <remarks>Every input ends at a forbidden page, so that a read beyond it cannot go unseen.</remarks>
internal static class HostileInputs
{
    private static readonly byte[] Extremes = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF];

    /// <summary>A parser under test; it answers whether it took the input.</summary>
    public delegate bool Parser(ReadOnlySpan<byte> input);

    /// <summary>Feeds <paramref name="count"/> inputs of random length and content, and answers how many the parser took.</summary>
    public static int FeedRandom(int seed, int count, int longest, Parser parser)
    {
        var random = new Random(seed);
        using var memory = new GuardedMemory();
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var input = memory.Tail(random.Next(longest + 1));
            random.NextBytes(input);
            if (parser(input)) taken++;
        }

        return taken;
    }

    /// <summary>Feeds <paramref name="count"/> damaged copies of <paramref name="valid"/>, and answers how many the parser took.</summary>
    public static int FeedMutated(int seed, int count, IReadOnlyList<byte[]> valid, Parser parser)
    {
        var random = new Random(seed);
        using var memory = new GuardedMemory();
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var source = valid[random.Next(valid.Count)];
            if (parser(Mutate(random, source, memory))) taken++;
        }

        return taken;
    }

    private static Span<byte> Mutate(Random random, byte[] source, GuardedMemory memory)
    {
        var length = random.Next(4) switch
        {
            0 => random.Next(source.Length + 1),
            1 => source.Length + random.Next(9),
            _ => source.Length,
        };
        var input = memory.Tail(length);
        random.NextBytes(input);
        source.AsSpan(0, Math.Min(length, source.Length)).CopyTo(input);
        if (length == 0) return input;

        for (var damage = random.Next(5); damage > 0; damage--)
        {
            ref var target = ref input[random.Next(length)];
            target = random.Next(3) switch
            {
                0 => (byte)(target ^ 1 << random.Next(8)),
                1 => Extremes[random.Next(Extremes.Length)],
                _ => (byte)random.Next(256),
            };
        }

        return input;
    }
}
