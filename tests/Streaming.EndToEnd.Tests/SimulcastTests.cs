using System.Diagnostics;
using System.Text.RegularExpressions;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>A real browser's camera in three layers, and what it makes of what it is told about its way.</summary>
[Trait("Kind", "Measures")]
public sealed partial class SimulcastTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private const int Scale = 3;   // of 320 × 240; the smaller the camera, the fewer layers are worth sending
    private const string Ssrcs = """
        async () => {
          const ssrcs = {};
          (await window.streamingDebug.peerConnections().publish.getStats()).forEach(s => {
            if (s.type === 'outbound-rtp' && s.rid) ssrcs[s.rid] = s.ssrc.toString(16).padStart(8, '0');
          });
          return ['l', 'm', 'h'].map(rid => `${rid} ${ssrcs[rid]}`);
        }
        """;

    private const string Width = """
        async () => {
          let width = 0;
          (await window.streamingDebug.peerConnections().watch.getStats()).forEach(s => {
            if (s.type === 'inbound-rtp' && s.kind === 'video') width = Math.max(width, s.frameWidth ?? 0);
          });
          return width;
        }
        """;

    private const string Want = """
        async top => {
          const { settle } = await import('/js/encodings.js');
          await settle(window.streamingDebug.peerConnections().publish.getTransceivers()[1].sender, 'camera', top);
        }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact(Timeout = 400_000)]
    public async Task TheCamerasThreeLayersArriveAndStudentsSeeTheLargestThatComes()
    {
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Arguments = ["--Logging:LogLevel:Streaming.Server.Media", "Debug"] });
        var browser = await browsers.StartWithCameraAsync(Scale);
        await using var closing = browser;
        await using var teacher = await server.TeachAsync(browser);
        var began = Stopwatch.GetTimestamp();
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await student.SeesPictureAsync(Limit);

        // The browser begins at 300 kbit/s, which the largest layer does not fit into: only what it is told of its packets lets it go on.
        await SeesAsync(student, Scale * FakeCamera.Width);
        await Eventually.TrueAsync(
            "the sender believes in more than 1 Mbit/s", Limit, async () => await teacher.PublishingAsync() is { OutgoingBitrate: > 1_000_000 });
        var estimate = (await teacher.PublishingAsync())!.OutgoingBitrate;
        output.Note($"A camera of 960 × 720: its largest layer is seen {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s after the first frame left; the browser then believes in {estimate / 1e6:0.0} Mbit/s");

        var streams = await teacher.Page.EvaluateAsync<string[]>(Ssrcs);
        Assert.Equal(
            streams.Select((stream, layer) => $"{240 << layer}x{180 << layer} of layer {layer}, {stream}"),
            server.Log.Select(line => Sent().Match(line)).Where(match => match.Success)
                .Select(match => $"{match.Groups["size"]} of layer {match.Groups["layer"]}, {match.Groups["stream"]}")
                .Order(StringComparer.Ordinal));

        // What nobody wants is not sent, and what is left is seen by everybody.
        var before = (await student.WatchingAsync())!;
        await teacher.Page.EvaluateAsync(Want, 0);
        await SeesAsync(student, 240);
        await teacher.Page.EvaluateAsync(Want, 2);
        await SeesAsync(student, 960);
        var after = (await student.WatchingAsync())!;
        output.Note($"Down to the smallest layer and back: {after.FreezeCount - before.FreezeCount} freezes of {after.FreezeSeconds - before.FreezeSeconds:0.00} s in all");
        Assert.Equal(before.PacketsLost, after.PacketsLost);
    }

    [Fact(Timeout = 400_000)]
    public async Task WhatNobodyInTheClassSeesIsNotEncoded()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.StartWithCameraAsync(scale: 2);
        await using var closing = browser;
        await using var teacher = await server.TeachAsync(browser);
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await student.SeesPictureAsync(Limit);
        await SeesAsync(student, 2 * FakeCamera.Width);

        // An inspector sees what there is, and nobody is asked for more because of it.
        await using var inspector = await server.EnterAsync(browser, Role.Inspector, "i-wu", "Inspector");
        await inspector.SeesPictureAsync(Limit);
        await student.Page.Locator("#save-data").ClickAsync();
        await Eventually.TrueAsync("only the smallest layer is encoded", Limit, async () => await EncodedAsync(teacher) == "true, false");
        await inspector.SeesPictureAsync(Limit);
        Assert.Equal("true, false", await EncodedAsync(teacher));

        await student.Page.Locator("#save-data").ClickAsync();
        await Eventually.TrueAsync("both layers are encoded", Limit, async () => await EncodedAsync(teacher) == "true, true");
        await student.SeesPictureAsync(Limit);
        await SeesAsync(student, 2 * FakeCamera.Width);
    }

    // The first two layers; a camera of this size has no third.
    private static Task<string> EncodedAsync(Person teacher) => teacher.Page.EvaluateAsync<string>(
        "() => window.streamingDebug.peerConnections().publish.getTransceivers()[1].sender.getParameters().encodings.slice(0, 2).map(encoding => encoding.active).join(', ')");

    private static Task SeesAsync(Person student, int width) => Eventually.TrueAsync(
        $"the student sees {width} pixels across", Limit, async () => await student.Page.EvaluateAsync<int>(Width) == width);

    [GeneratedRegex("sends (?<size>\\d+x\\d+) pixels of Camera: layer (?<layer>\\d), (?<stream>\\w+ [0-9a-f]{8})\\.\"")]
    private static partial Regex Sent();
}
