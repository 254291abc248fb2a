using Streaming.Benchmarks.Load;

namespace Streaming.Benchmarks.Tests.Load;

public sealed class SequenceBookTests
{
    [Fact]
    public void AStreamInOrderMissesNothingOverAWrap()
    {
        var book = Taking(Enumerable.Range(65_000, 2_000));
        Assert.Equal((2_000, 0, 0, 0), Tell(book));
    }

    [Fact]
    public void WhatIsSkippedIsMissingAndWhatComesLateIsNotAnyMore()
    {
        var book = Taking([10, 11, 14, 15]);
        Assert.Equal((4, 2, 0, 0), Tell(book));
        book.Take(12);
        Assert.Equal((5, 1, 0, 1), Tell(book));
        book.Take(12);
        Assert.Equal((5, 1, 1, 1), Tell(book));
    }

    [Fact]
    public void ALossOverTheWrapIsCounted()
    {
        var book = Taking([65_534, 2]);
        Assert.Equal((2, 3, 0, 0), Tell(book));
        book.Take(65_535);
        Assert.Equal((3, 2, 0, 1), Tell(book));
    }

    [Fact]
    public void WhatCameBeforeTheFirstWasNeverMissed()
    {
        var book = Taking([100, 99]);
        Assert.Equal((2, 0, 0, 1), Tell(book));
    }

    [Fact]
    public void ANumberBehindTheWindowCannotBeToldFromADuplicate()
    {
        var book = Taking([0, 2, .. Enumerable.Range(3, SequenceBook.Window)]);
        book.Take(1);
        Assert.Equal(1, book.Duplicates);
        Assert.Equal(1, book.Missing);
    }

    [Fact]
    public void AFarJumpIsAnotherNumberingAndNoLoss()
    {
        var book = Taking([100, 101, 30_000, 30_001]);
        Assert.Equal((4, 0, 0, 0), Tell(book));
        Assert.Equal(1, book.Restarts);
    }

    [Fact]
    public void AHoleInOneRoundIsNotTakenForFilledInTheNext()
    {
        // 1 024 numbers later the same place of the window is used again.
        var book = Taking([0, 1, 3, .. Enumerable.Range(4, SequenceBook.Window - 2), SequenceBook.Window + 3]);
        Assert.Equal(2, book.Missing);
        book.Take(SequenceBook.Window + 2);
        Assert.Equal(1, book.Missing);
    }

    private static SequenceBook Taking(IEnumerable<int> numbers)
    {
        var book = new SequenceBook();
        foreach (var number in numbers)
        {
            book.Take((ushort)number);
        }

        return book;
    }

    private static (long Packets, long Missing, long Duplicates, long OutOfOrder) Tell(SequenceBook book) =>
        (book.Packets, book.Missing, book.Duplicates, book.OutOfOrder);
}
