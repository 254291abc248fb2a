using System.Text;
using Streaming.Rtc.Net.Tcp;

namespace Streaming.Rtc.Tests.Net.Tcp;

public sealed class WorkerFragmentTests
{
    [Fact]
    public void AFragmentTellsItsWorkerAndDiffersFromAllOthers()
    {
        var seen = new HashSet<string>();
        for (var round = 0; round < 4; round++)
        {
            for (var worker = 0; worker < 256; worker++)
            {
                var made = WorkerFragment.Generate(worker);
                Assert.Equal((8, 24), (made.Ufrag.Length, made.Password.Length));
                Assert.True(seen.Add(made.Ufrag));
                Assert.True(WorkerFragment.TryRead(Encoding.ASCII.GetBytes(made.Ufrag), out var read));
                Assert.Equal(worker, read);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData(":A")]
    [InlineData("A-bcdefg")]
    public void WhatWeCannotHaveMadeNamesNobody(string fragment) =>
        Assert.False(WorkerFragment.TryRead(Encoding.ASCII.GetBytes(fragment), out _));
}
