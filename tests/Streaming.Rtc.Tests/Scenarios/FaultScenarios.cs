using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>When something throws, the right peer is to blame: the others' lesson goes on.</summary>
public sealed class FaultScenarios
{
    [Fact]
    public void WhatThrowsWhileAPacketIsForwardedIsNotThePublishersFault()
    {
        using var net = new VirtualNetwork(seed: 91);
        var teacher = net.Publisher(TrackSource.Voice);
        var students = Enumerable.Range(0, 20).Select(_ => net.Viewer()).ToList();

        net.Connect();
        teacher.SendVoice();
        net.Run(TimeSpan.FromSeconds(1));
        net.OnSend = batch =>
        {
            if (batch.Count == VirtualNetwork.BatchSize)   // in the midst of forwarding, because there are more viewers than places
            {
                net.OnSend = null;
                throw new InvalidOperationException("Asked for by the test.");
            }
        };
        Assert.Throws<InvalidOperationException>(() => net.Run(TimeSpan.FromSeconds(1)));
        var faulty = Assert.IsType<WatcherTransport>(net.Engine.Current).Id;

        net.Run(TimeSpan.FromSeconds(1));
        Assert.All(students.Where(student => student.Id != faulty), student =>
        {
            Assert.Equal(0, student.Voice.Lost);
            Assert.InRange(teacher.Peer.Sent[0].Packets - student.Voice.Packets, 0, 2);   // on their way
        });
    }

    [Fact]
    public void WhatThrowsWhileOneExpiresIsNotTheFaultOfWhoeverCameLast()
    {
        using var net = new VirtualNetwork(seed: 92);
        var gone = net.Viewer();
        var alsoGone = net.Viewer();
        net.Viewer();
        net.Connect();
        (gone.IsUnplugged, alsoGone.IsUnplugged) = (true, true);
        net.Handshaker.Broken = gone.Id;
        Assert.Throws<InvalidOperationException>(() => net.Run(TimeSpan.FromSeconds(40)));
        Assert.Equal(gone.Id, net.Engine.Current!.Id);

        net.Run(TimeSpan.FromSeconds(1));
        Assert.Contains(new TransportClosed(alsoGone.Id, CloseReason.ConsentExpired), net.Events);
        Assert.Equal(1, net.Engine.Counters.Transports);
    }
}
