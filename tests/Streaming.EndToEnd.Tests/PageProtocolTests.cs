using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>What really travels between a page and the hub.</summary>
public sealed class PageProtocolTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private const string Part = "/lib/signalr-protocol-msgpack.min.js";

    [Theory(Timeout = 240_000)]
    [InlineData("with its MessagePack part", true)]
    [InlineData("without it", false)]
    public async Task APageSpeaksMessagePackAndWithoutThatPartOfItsLibraryJson(string what, bool comes)
    {
        await using var server = await ServerProcess.StartAsync();
        await using var student = await Person.SitDownAsync(await browsers.LenientAsync(), width: 1_280, height: 720);
        if (!comes)
        {
            await student.Page.RouteAsync($"**{Part}", route => route.AbortAsync());
        }

        var frames = new List<IWebSocketFrame>();
        student.Page.WebSocket += (_, socket) =>
        {
            socket.FrameReceived += (_, frame) => Note(frame);
            socket.FrameSent += (_, frame) => Note(frame);
        };
        await student.GoAsync((await server.TicketAsync(Role.Student, "s-mei", "Mei")).Url);
        await student.Page.Locator("body[data-hub=online]").WaitForAsync();
        await student.Page.Locator("#chat-input").FillAsync("老师好");
        await student.Page.Locator("#chat-send").ClickAsync();
        await student.Page.Locator("#chat-lines li", new PageLocatorOptions { HasText = "老师好" }).WaitForAsync();

        lock (frames)
        {
            // The handshake is JSON in either protocol. Browsers send the one of a page as text.
            var messages = frames.Where(frame => !Text(frame).Contains("\"protocol\"", StringComparison.Ordinal) && !Text(frame).StartsWith("{}", StringComparison.Ordinal)).ToList();
            Assert.True(messages.Count >= 4);
            Assert.All(messages, message => Assert.Equal(!comes, Text(message).Contains("\"type\":", StringComparison.Ordinal)));
            output.Note($"A page {what}: {messages.Count} messages of the hub, {messages.Sum(Length)} bytes");
        }

        if (comes)
        {
            var transferred = await student.Page.EvaluateAsync<int>($"performance.getEntriesByType('resource').find(entry => entry.name.endsWith('{Part}')).transferSize");
            output.Note($"The MessagePack part of the page's library, as it travels with its headers: {transferred} bytes");
            Assert.InRange(transferred, 1, 10_000);
        }

        void Note(IWebSocketFrame frame)
        {
            lock (frames)
            {
                frames.Add(frame);
            }
        }
    }

    private static string Text(IWebSocketFrame frame) => frame.Text ?? System.Text.Encoding.Latin1.GetString(frame.Binary ?? []);

    private static int Length(IWebSocketFrame frame) => frame.Binary?.Length ?? System.Text.Encoding.UTF8.GetByteCount(frame.Text ?? "");
}
