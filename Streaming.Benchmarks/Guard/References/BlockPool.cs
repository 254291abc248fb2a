using System.Buffers;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>Blocks of memory that come back, as a web server's pipes have them: what is allocated is then the sender's, not the pool's.</summary>
/// <remarks>For one thread.</remarks>
internal sealed class BlockPool : MemoryPool<byte>
{
    private const int Size = 4_096;
    private readonly Stack<Block> _free = new();

    public override int MaxBufferSize => Size;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        minBufferSize > Size ? throw new ArgumentOutOfRangeException(nameof(minBufferSize), minBufferSize, $"A block has {Size} bytes.")
        : _free.TryPop(out var block) ? block : new Block(this);

    protected override void Dispose(bool disposing) => _free.Clear();

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = new byte[Size];

        public void Dispose() => pool._free.Push(this);
    }
}
