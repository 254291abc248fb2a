using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Contracts;

namespace Streaming.Tests.Shared.Servers;

/// <summary>How a server is started.</summary>
internal sealed record ServerSetup
{
    /// <summary>The addresses that it serves; the first is the one that links name.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [IPAddress.Loopback];

    /// <summary>Further arguments, as an operator would write them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A server whose keys this one has, too: nodes of one city believe each other's tickets.</summary>
    public ServerProcess? Sibling { get; init; }

    /// <summary>Where it keeps its data; a new directory by default. Not removed by the server when it is given.</summary>
    public string? Data { get; init; }

    /// <summary>Further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How many media workers it has; each takes a UDP port.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>The processors that it may use, as <c>taskset</c> writes them (<c>0</c>, <c>0,2-3</c>); null for all.</summary>
    public string? Processors { get; init; }
}

/// <summary>The real server as a process of its own, with a data directory of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    private readonly ServerSetup _setup;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly string _data;
    private readonly int _port = FreePorts.Tcp();
    private readonly int _mediaPort;
    private Process _process;

    private ServerProcess(ServerSetup setup)
    {
        _setup = setup;
        _mediaPort = FreePorts.Media(setup.Workers);
        _data = setup.Data ?? Paths.MakeTemporary();
        if (setup.Sibling is { } sibling)
        {
            var keys = Directory.CreateDirectory(Path.Combine(_data, "keys"));
            foreach (var key in Directory.GetFiles(Path.Combine(sibling.Data, "keys")))
            {
                File.Copy(key, Path.Combine(keys.FullName, Path.GetFileName(key)));
            }
        }

        _process = Start();
    }

    /// <summary>Where browsers find it.</summary>
    public Uri Address => new($"http://{_setup.Addresses[0]}:{_port}");

    /// <summary>The UDP port of its first media worker; each further one has the next.</summary>
    public int MediaPort => _mediaPort;

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Its data directory.</summary>
    public string Data => _data;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>What it wrote to its console.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Starts a server and waits until it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(ServerSetup? setup = null)
    {
        var server = new ServerProcess(setup ?? new ServerSetup());
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it at once, as a power cut would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Starts it again with the same ports and data, and waits until it is ready.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        _process = Start();
        await ReadyAsync();
    }

    /// <summary>Asks for a ticket, with the admin key, as a school's system would.</summary>
    public Task<Ticket> TicketAsync(Role role, string member, string? name = null, string @class = "physics-7b") =>
        TicketAsync(role.ToString().ToLowerInvariant(), member, name, @class);

    /// <summary>Asks for a ticket that opens a class's attendance.</summary>
    public Task<Ticket> OfficeTicketAsync(string @class) => TicketAsync("office", "o-1", "Office", @class);

    private async Task<Ticket> TicketAsync(string role, string member, string? name, string @class)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/api/tickets"))
        {
            Content = JsonContent.Create(new { @class, member, name = name ?? member, role }),
        };
        var key = await File.ReadAllTextAsync(Path.Combine(_data, "keys", "admin.key"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        using var response = await _http.SendAsync(request);
        return JsonSerializer.Deserialize<Ticket>(await BodyAsync(response), JsonSerializerOptions.Web)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        _http.Dispose();
        if (_setup.Data is null)
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    /// <summary>Stops it for a while (SIGSTOP): it neither answers nor closes anything.</summary>
    public void Pause() => Streaming.Tests.Shared.Redis.Signals.Send(_process.Id, 19);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Resume() => Streaming.Tests.Shared.Redis.Signals.Send(_process.Id, 18);

    /// <summary>Asks its API with the admin key.</summary>
    public async Task<JsonNode> AskAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        var key = await File.ReadAllTextAsync(Path.Combine(_data, "keys", "admin.key"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        using var response = await _http.SendAsync(request);
        return JsonNode.Parse(await BodyAsync(response))!;
    }

    /// <summary>The end of the log, for the message of a failed test.</summary>
    public string LogTail(int lines = 40) => string.Join('\n', _log.TakeLast(lines));

    private static async Task<string> BodyAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? body
            : throw new InvalidOperationException($"The server answered {(int)response.StatusCode}: {body}");
    }

    private Process Start()
    {
        if (!File.Exists(Paths.ServerAssembly))
        {
            throw new InvalidOperationException($"{Paths.ServerAssembly} is missing; build the solution first.");
        }

        // taskset becomes what it starts: the process is the server's either way.
        string[] program = _setup.Processors is { } processors ? ["taskset", "-c", processors, "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(program[0])
        {
            WorkingDirectory = _data,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            .. program[1..],
            Paths.ServerAssembly,
            "--urls", string.Join(';', _setup.Addresses.Select(address => $"http://{address}:{_port}")),
            "--DataDirectory", _data,
            "--Rtc:Port", $"{_mediaPort}",
            "--Rtc:Workers", $"{_setup.Workers}",
            "--Rtc:Address", _setup.Addresses.Count == 1 ? $"{_setup.Addresses[0]}" : "any",
            .. _setup.Addresses.SelectMany((address, index) => new[] { $"--Rtc:PublicAddresses:{index}", $"{address}" }),
            .. _setup.Arguments,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in _setup.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program[0]} cannot be started.");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
        }
    }

    private async Task ReadyAsync()
    {
        try
        {
            await Eventually.TrueAsync("the server is ready", ReadyLimit, async () =>
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"The server ended with code {_process.ExitCode}:\n{LogTail()}");
                }

                try
                {
                    using var response = await _http.GetAsync(new Uri(Address, "/healthz/ready"));
                    return response.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{LogTail()}", e);
        }
    }
}

/// <summary>A ticket as the server issued it.</summary>
/// <param name="Text">The ticket itself.</param>
/// <param name="Url">The link that carries it.</param>
internal sealed record Ticket([property: System.Text.Json.Serialization.JsonPropertyName("ticket")] string Text, string Url);
