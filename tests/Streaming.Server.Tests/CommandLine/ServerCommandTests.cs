using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.CommandLine;

namespace Streaming.Server.Tests.CommandLine;

public sealed class ServerCommandTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("streaming-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("", "Run")]
    [InlineData("--urls http://127.0.0.1:0", "Run")]
    [InlineData("demo --urls http://127.0.0.1:0", "Demo")]
    [InlineData("ticket --class x", "Ticket")]
    [InlineData("help", "Help")]
    [InlineData("--help", "Help")]
    [InlineData("-h", "Help")]
    [InlineData("srve", "Unknown")]
    public void TheFirstWordIsTheVerb(string line, string verb) =>
        Assert.Equal(verb, ServerCommand.Read(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Verb.ToString());

    [Fact]
    public async Task TicketPrintsATicketOfTheSameKeysAndItsLink()
    {
        Assert.Equal(0, Run(
            "ticket", "--class", "math-7", "--member", "t-1", "--name", "Lin Wei", "--role", "teacher", "--DataDirectory", _data, "--lifetime", "30"));

        var lines = _output.ToString().Split(Environment.NewLine);
        Assert.Equal($"http://localhost:8080/class/math-7#ticket={lines[0]}", lines[1]);
        var (ticket, _) = await new JoinTicketValidator(DataDirectory.Open(_data), TimeProvider.System).ValidateAsync(lines[0]);
        Assert.Equal(new Identity("t-1", "Lin Wei", Role.Teacher, "math-7"), ticket!.Who);
        Assert.InRange(ticket.ExpiresAt - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(28), TimeSpan.FromMinutes(30));
    }

    [Fact]
    public void TicketNamesEachFieldThatIsMissingOrWrong()
    {
        Assert.Equal(2, Run("ticket", "--class", "math", "--role", "boss", "--lifetime", "long", "--DataDirectory", _data));

        foreach (var field in (string[])["--member", "--name", "--role", "--lifetime"])
        {
            Assert.Contains($"{field} is missing or wrong.", _errors.ToString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("--class is", _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task WhatATicketSaysComesFromTheCommandLineAlone()
    {
        var stray = new Dictionary<string, string> { ["NAME"] = "Somebody", ["CLASS"] = "math", ["ROLE"] = "teacher", ["MEMBER"] = "t-1" };

        await SaysAsync($"ticket --DataDirectory {_data}", 2, "--name is missing or wrong.", stray);
    }

    [Fact]
    public void AnUnknownVerbListsTheVerbs()
    {
        Assert.Equal(2, Run("srve"));
        Assert.Contains("demo, ticket, help", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void HelpNamesEveryVerb()
    {
        Assert.Equal(0, Run("help"));
        Assert.All(["demo", "ticket", "help", "--urls", "--Rtc:Port"], word => Assert.Contains(word, _output.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("srve", 2, "is no verb")]
    [InlineData("--Rtc:Port 80", 2, "Rtc:Port is 80")]
    [InlineData("--DataDirectory /dev/null/data", 1, "--DataDirectory")]
    public async Task TheProcessSaysWhatIsWrongAndEndsWithACode(string line, int code, string message) =>
        await SaysAsync(line, code, message);

    [Fact]
    public async Task AMediaPortThatIsTakenIsNamedWithItsOption()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;

        await SaysAsync($"--Rtc:Port {port} --Rtc:Workers 1 --urls http://127.0.0.1:0", 1, $"UDP port {port} of 127.0.0.1 is in use by another program. Stop that one, or set --Rtc:Port to");
    }

    private async Task SaysAsync(string line, int code, string message, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", $"{typeof(Program).Assembly.Location} {line}")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _data,
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(code, process.ExitCode);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors + await output, StringComparison.Ordinal);
    }

    private int Run(params string[] args) => ServerCommand.Read(args).Execute(_output, _errors);
}
