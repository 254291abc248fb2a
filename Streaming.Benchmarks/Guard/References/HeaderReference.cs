using System.Buffers.Binary;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>A fixed walk over made records, a branch for each of their fields: what parsing is, with nothing of a protocol in it.</summary>
internal sealed class HeaderReference : Reference
{
    private const int Records = 64;
    private const int Size = 1_100;
    private readonly byte[] _bytes = new byte[Records * Size];
    private ulong _sum;

    public HeaderReference()
        : base($"a walk over {Records} records") => new Random(1).NextBytes(_bytes);

    public override void Run()
    {
        var sum = _sum;
        for (var i = 0; i < Records; i++)
        {
            var record = _bytes.AsSpan(i * Size, Size);
            var at = 4 + (record[0] & 0x0F);
            while (at < 48)
            {
                var tag = record[at];
                sum += (tag & 3) switch
                {
                    0 => BinaryPrimitives.ReadUInt64BigEndian(record[at..]),
                    1 => BinaryPrimitives.ReadUInt32BigEndian(record[at..]),
                    2 => BinaryPrimitives.ReadUInt16BigEndian(record[at..]),
                    _ => tag,
                };
                at += 2 + (tag >> 5);
            }
        }

        _sum = sum;
    }
}
