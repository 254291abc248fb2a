using System.Text;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Redis;

namespace Streaming.Server.Tests.Stores;

public sealed class LedgerTextTests
{
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void AnEntryIsOneShortLineWithWhatTheScriptReadsInFront()
    {
        var joined = new LedgerEntry("math", 7, LedgerKind.Joined, Bell, new TimeSpan(5), "ada", "web", Role.Student, Name: "王小明");
        Assert.Equal("10\t639238464000000000\t\tada\tweb\t1\t5\t\t\t\t王小明", LedgerText.Write(joined));
        Assert.Equal("1\t639238464000000000\t\t\t\t\t0", LedgerText.Write(new LedgerEntry("math", 1, LedgerKind.Started, Bell, TimeSpan.Zero)));
        Assert.Equal(
            "30\t639238464000000000\t639238463999999999\t\t\t\t-3",
            LedgerText.Write(new LedgerEntry("math", 2, LedgerKind.Interrupted, Bell, new TimeSpan(-3), Since: Bell.AddTicks(-1))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhateverIsWrittenIsReadAgain(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 5_000; i++)
        {
            var entry = Any(random);
            var line = LedgerText.Write(entry);
            var overTheWire = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line));

            Assert.Equal(entry, LedgerText.Read("math", entry.Sequence, overTheWire));
            Assert.DoesNotContain(line, c => char.IsControl(c) && c != '\t');
            Assert.InRange(line.Count(c => c == '\t'), 6, 10);
        }
    }

    /// <summary>Lines that are damaged in one place are refused, or are the line of another entry; none is misread, and none throws otherwise.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void ADamagedLineIsRefusedOrIsAnothersLine(int seed)
    {
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var line = LedgerText.Write(Any(random));
            var at = random.Next(line.Length);
            var damaged = random.Next(3) switch
            {
                0 => line.Remove(at, 1),
                1 => line.Insert(at, $"{(char)random.Next(9, 127)}"),
                _ => line[..at],
            };
            if (LedgerText.TryRead("math", 1, damaged, out var entry))
            {
                Assert.Equal(entry, LedgerText.Read("math", 1, LedgerText.Write(entry)));
            }
            else
            {
                refused++;
                Assert.Throws<FormatException>(() => LedgerText.Read("math", 1, damaged));
            }
        }

        Assert.True(refused > 1_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10\t639238464000000000\t\tada\tweb\t1")]
    [InlineData("x\t639238464000000000\t\t\t\t\t0")]
    [InlineData("-1\t639238464000000000\t\t\t\t\t0")]
    [InlineData("1\t\t\t\t\t\t0")]
    [InlineData("1\t-1\t\t\t\t\t0")]
    [InlineData("1\t9223372036854775807\t\t\t\t\t0")]
    [InlineData("1\t 639238464000000000\t\t\t\t\t0")]
    [InlineData("1\t639238464000000000\t\t\t\t\t0\t")]
    [InlineData("1\t639238464000000000\t\t\t\t\t0\t0")]
    [InlineData("1\t639238464000000000\t\t\t\t\t0\t\t\t\tname\tmore")]
    [InlineData(@"1	639238464000000000		\		1	0")]
    [InlineData(@"1	639238464000000000		\n		1	0")]
    [InlineData(@"1	639238464000000000		\u12G4		1	0")]
    [InlineData(@"1	639238464000000000		\u12		1	0")]
    public void WhatIsNoLineIsRefused(string line) => Assert.False(LedgerText.TryRead("math", 1, line, out _));

    [Fact]
    public void AKindThatANewerReleaseWroteIsKept() =>
        Assert.Equal((LedgerKind)99, LedgerText.Read("math", 1, "99\t639238464000000000\t\t\t\t\t0").Kind);

    [Fact]
    public void ADeviceIsReadAsTheScriptWroteIt()
    {
        Assert.Equal(new DevicePresence("ada", "web", Role.Student, IsConnected: true, Bell), DeviceText.Read("ada\tweb", "6392384640000000003"));
        Assert.Equal(new DevicePresence("t\\", "", Role.Teacher, IsConnected: false, Bell), DeviceText.Read("t\\\\\t\\e", "6392384640000000000"));
        foreach (var (field, value) in new[] { ("ada", "6392384640000000003"), ("ada\tweb", "3"), ("ada\tweb", "63923x3"), ("a\tb\tc", "6392384640000000003") })
        {
            Assert.Throws<FormatException>(() => DeviceText.Read(field, value));
        }
    }

    private static LedgerEntry Any(Random random)
    {
        var kinds = Enum.GetValues<LedgerKind>();
        return new LedgerEntry(
            "math",
            random.NextInt64(1, long.MaxValue),
            kinds[random.Next(kinds.Length)],
            new DateTimeOffset(random.NextInt64(DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero),
            new TimeSpan(random.NextInt64(-1_000, TimeSpan.TicksPerDay)),
            Text(random),
            Text(random),
            random.Next(2) == 0 ? null : (Role)random.Next(3),
            (LedgerCause)random.Next(9),
            (MediaFacts)random.Next(16),
            random.Next(2) == 0 ? null : new DateTimeOffset(random.NextInt64(DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero),
            Text(random),
            random.Next(2) == 0 ? null : random.NextInt64(long.MinValue, long.MaxValue));
    }

    // Letters, Chinese, tabs, line ends, backslashes and what follows them, halves of surrogate pairs and whole ones.
    private static string? Text(Random random)
    {
        if (random.Next(4) == 0)
        {
            return null;
        }

        string[] pieces = ["a", "Z-9", "王", "\t", "\n", "\r", "\0", "\\", "\\e", "\\u0041", "u", "\ud83d\ude00", "\ud83d", "\ude00", "\u0085", "\u2028", " ", "\u00e9"];
        return string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
