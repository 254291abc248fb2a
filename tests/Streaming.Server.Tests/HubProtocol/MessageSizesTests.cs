using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.HubProtocol;
using Xunit.Abstractions;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>What the hub's most frequent messages weigh in each protocol; the table of <c>docs/protocol.md</c> is held to it.</summary>
public sealed class MessageSizesTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = new(2026, 9, 1, 8, 5, 20, 123, TimeSpan.Zero);

    private static readonly (string What, HubMessage Message)[] Messages =
    [
        ("one joined", Told("Changed", new ClassroomChange(1_234, Seats: [Seat(7)]))),
        ("one left", Told("Changed", new ClassroomChange(1_234, Gone: ["s-2007"]))),
        ("a hand raised", Told("Changed", new ClassroomChange(1_234, Seats: [Seat(7) with { HandRaisedAt = Now }]))),
        ("ten joined in one change", Told("Changed", new ClassroomChange(1_234, Seats: [.. Enumerable.Range(0, 10).Select(Seat)]))),
        ("a line of chat", Told("Said", new ChatLine(321, "s-2007", "Name 07", Role.Student, "I have a question", Now))),
        ("presence of one", Told("Presence", new[] { new MemberPresence("s-2007", "Name 07", PresenceState.Unstable, Now) })),
        ("quality of one", Told("Quality", new[] { new ViewerQuality("s-2007", LinkQuality.Bad) })),
        ("a check-in's answers of ten", Told("CheckInProgress", new CheckInProgress(
            Now.ToUnixTimeMilliseconds(), [.. Enumerable.Range(0, 10).Select(i => new CheckInAnswer($"s-20{i:00}", CheckInState.Answered))]))),
        ("a rung", Told("Rung", Rung.Slides)),
        ("a new still", Told("Changed", new ClassroomChange(1_234, Still: new Still("0123456789abcdef0123456789abcdef", 1280, 720, 38_000)))),
        ("a call without a result answered", CompletionMessage.Empty("12")),
        ("a snapshot of 45", CompletionMessage.WithResult("1", Class(45, lines: 0))),
        ("a snapshot of 45 with 50 lines", CompletionMessage.WithResult("1", Class(45, lines: 50))),
        ("a ping", PingMessage.Instance),
    ];

    [Fact]
    public void TheTableOfTheDocumentationIsTrue()
    {
        var json = new JsonHubProtocol(Options.Create(Applied()));
        var packed = new MessagePackHubProtocol(Applied().PayloadSerializerOptions);
        var rows = Messages.Select(message =>
        {
            var (text, bytes) = (json.GetMessageBytes(message.Message).Length, packed.GetMessageBytes(message.Message).Length);
            Assert.True(bytes < text, message.What);
            return $"| {message.What} | {text} | {bytes} | {100.0 * bytes / text:0} % |";
        }).ToArray();

        Array.ForEach(rows, output.WriteLine);
        var written = File.ReadAllLines(Path.Combine(Root(), "docs", "protocol.md"));
        Assert.Equal(rows, written.Where(line => Messages.Any(message => line.StartsWith($"| {message.What} | ", StringComparison.Ordinal))));
    }

    private static InvocationMessage Told(string target, object argument) => new(target, [argument]);

    private static Seat Seat(int i) => new($"s-20{i:00}", $"Name {i:00}", Role.Student, null);

    private static ClassroomSnapshot Class(int seats, int lines) => new(
        1_234,
        "math-7",
        new Lesson(LessonPhase.Live, Now, null, [TrackSource.Voice, TrackSource.Camera]),
        [.. Enumerable.Range(0, seats).Select(Seat)],
        [.. Enumerable.Range(0, lines).Select(i => new ChatLine(i, $"s-20{i % 45:00}", $"Name {i % 45:00}", Role.Student, "I have a question", Now))]);

    private static JsonHubProtocolOptions Applied()
    {
        var options = new JsonHubProtocolOptions();
        ContractsJson.Apply(options.PayloadSerializerOptions);
        return options;
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
