using System.Runtime.InteropServices;

namespace Streaming.Rtc.Tests;

/// <summary>Memory that ends at a page nobody may touch: a read or write one byte too far kills the process.</summary>
/// <remarks>
/// A span's own bounds check would throw; this catches what goes round it (<c>Unsafe</c>, vectors, native calls). A page in front is closed
/// as well. The spans it hands out share one place: each is good until the next call.
/// </remarks>
public sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int NoAccess = 0, ReadWrite = 1 | 2, PrivateAnonymous = 0x02 | 0x20;

    private readonly nuint _page = (nuint)Environment.SystemPageSize;
    private readonly nuint _reserved;
    private readonly int _capacity;
    private byte* _start;

    /// <summary>Reserves room for spans of up to <paramref name="capacity"/> bytes.</summary>
    /// <exception cref="InvalidOperationException">The system refused the pages.</exception>
    public GuardedMemory(int capacity = 64 * 1024)
    {
        var room = ((nuint)capacity + _page - 1) / _page * _page;
        _capacity = (int)room;
        _reserved = room + (2 * _page);
        var mapped = MapMemory(0, _reserved, NoAccess, PrivateAnonymous, -1, 0);
        if (mapped == -1) throw new InvalidOperationException("mmap failed.");
        _start = (byte*)mapped;
        if (ProtectMemory((nint)(_start + _page), room, ReadWrite) != 0) throw new InvalidOperationException("mprotect failed.");
    }

    /// <summary>A span of <paramref name="length"/> bytes whose end is the guard page. Its content is what was there before.</summary>
    public Span<byte> Tail(int length)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _capacity);
        return new Span<byte>(_start + _page + _capacity - length, length);
    }

    /// <summary>A copy of <paramref name="bytes"/> whose end is the guard page.</summary>
    public Span<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        var copy = Tail(bytes.Length);
        bytes.CopyTo(copy);
        return copy;
    }

    /// <summary>A copy of <paramref name="text"/> whose end is the guard page.</summary>
    public Span<char> Copy(ReadOnlySpan<char> text) => MemoryMarshal.Cast<byte, char>(Copy(MemoryMarshal.AsBytes(text)));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start is null) return;
        _ = UnmapMemory((nint)_start, _reserved);
        _start = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MapMemory(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int ProtectMemory(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(nint address, nuint length);
}
