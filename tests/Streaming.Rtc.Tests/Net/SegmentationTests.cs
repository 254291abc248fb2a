using System.Runtime.Versioning;
using Streaming.Rtc.Net;

namespace Streaming.Rtc.Tests.Net;

/// <summary>When segmented sends are given up for everybody. Errors by their numbers on Linux.</summary>
[SupportedOSPlatform("linux")]
public sealed class SegmentationTests
{
    private const int Eperm = 1;
    private const int Eio = 5;
    private const int Eagain = 11;
    private const int Enomem = 12;
    private const int Einval = 22;
    private const int Emsgsize = 90;
    private const int Enobufs = 105;

    private readonly Segmentation _segmentation = new(isKnown: true);

    [Theory]
    [InlineData(Eio, "EIO")]
    [InlineData(Einval, "EINVAL")]
    [InlineData(Eperm, "1")]
    public void ThreeMachinesInARowEndIt(int error, string name)
    {
        Refuse(error, machines: 2);
        Assert.True(_segmentation.IsOn);
        Refuse(error, machines: 3);
        Assert.False(_segmentation.IsOn);
        Assert.Equal(name, _segmentation.Error);
    }

    [Fact]
    public void ManyRefusalsOfFewMachinesEndItToo()
    {
        for (var i = 0; i < Segmentation.MostRefusals; i++)
        {
            Assert.True(_segmentation.IsOn);
            _segmentation.Refused(TransportAddress.FromIPv4((uint)(i % 2), (ushort)i), Einval);
        }

        Assert.False(_segmentation.IsOn);
    }

    [Fact]
    public void ASuccessBetweenBeginsTheCountAnew()
    {
        for (var i = 0; i < 100; i++)
        {
            Refuse(Einval, machines: 2);
            _segmentation.Passed(messages: 1, datagrams: 2);
        }

        Assert.True(_segmentation.IsOn);

        Refuse(Einval, machines: 2);
        _segmentation.Passed(messages: 3, datagrams: 3);   // single ones say nothing of segmenting
        Refuse(Einval, machines: 3);
        Assert.False(_segmentation.IsOn);
    }

    [Fact]
    public void ATooSmallPathIsItsPeersMatterHoweverManyThereAre()
    {
        for (var i = 0; i < 10; i++)
        {
            Refuse(Emsgsize, machines: 100);
        }

        Assert.True(_segmentation.IsOn);
        Assert.Null(_segmentation.Error);
    }

    [Theory]
    [InlineData(Eagain, true)]
    [InlineData(Enobufs, true)]
    [InlineData(Enomem, true)]
    [InlineData(Einval, false)]
    [InlineData(Eio, false)]
    [InlineData(Eperm, false)]
    [InlineData(Emsgsize, false)]
    public void LackOfRoomPasses(int error, bool isOfTheMoment) => Assert.Equal(isOfTheMoment, Segmentation.IsOfTheMoment(error));

    [Fact]
    public void ItIsTriedAgainAfterManyMessagesAndTheErrorStaysKnown()
    {
        Refuse(Eio, machines: 3);
        _segmentation.Passed(Segmentation.MessagesUntilRetry - 1, Segmentation.MessagesUntilRetry - 1);
        Assert.False(_segmentation.IsOn);
        _segmentation.Passed(1, 1);
        Assert.True(_segmentation.IsOn);
        Assert.Equal("EIO", _segmentation.Error);

        Refuse(Eio, machines: 2);
        Assert.True(_segmentation.IsOn);
        Refuse(Eio, machines: 3);
        Assert.False(_segmentation.IsOn);
    }

    [Fact]
    public void WhereItIsNotKnownItIsNeverTried()
    {
        var unknown = new Segmentation(isKnown: false);
        unknown.Passed(Segmentation.MessagesUntilRetry * 2, Segmentation.MessagesUntilRetry * 2);
        Assert.False(unknown.IsOn);
        Assert.Null(unknown.Error);
    }

    private void Refuse(int error, uint machines)
    {
        for (uint machine = 0; machine < machines; machine++)
        {
            _segmentation.Refused(TransportAddress.FromIPv4(0x7F00_0001 + machine, 1_000), error);
        }
    }
}
