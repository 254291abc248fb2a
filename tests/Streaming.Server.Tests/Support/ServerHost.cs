using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;
using Streaming.Server.CommandLine;
using Streaming.Server.Http;
using Streaming.Server.Media;
using Streaming.Server.Stores;
using Streaming.Server.Stores.Local;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Tests.Support;

/// <summary>The real server in this process, with its own data directory, and with a gateway that only writes down.</summary>
internal sealed class ServerHost : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string> _settings = [];
    private readonly bool _ownsData;

    public ServerHost(params (string Key, string Value)[] settings)
        : this(System.IO.Directory.CreateTempSubdirectory("streaming-").FullName, settings) => _ownsData = true;

    public ServerHost(string data, params (string Key, string Value)[] settings)
    {
        Data = data;
        foreach (var (key, value) in settings)
        {
            _settings[key] = value;
        }
    }

    public string Data { get; }

    public RecordingGateway Gateway { get; } = new();

    /// <summary>Started by the verb <c>demo</c>.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Logs what concerns inspectors, too; by default the server does not.</summary>
    public bool LogsInspection { get; init; }

    public ManualTime? Time { get; init; }

    /// <summary>Hub protocols beside the server's own; one of the same name takes its place.</summary>
    public IReadOnlyList<IHubProtocol> Protocols { get; init; } = [];

    /// <summary>A host that listens on loopback, for whoever needs real sockets; not for <c>ConnectAsync</c> and <c>Client</c> of this class.</summary>
    public Uri Listen()
    {
        UseKestrel(0);
        StartServer();
        return ClientOptions.BaseAddress;
    }

    /// <summary>Its store can be made not to answer.</summary>
    public bool SwitchesStore { get; init; }

    /// <summary>The store, of a host that <see cref="SwitchesStore"/>.</summary>
    public SwitchedStore Store => (SwitchedStore)Get<IClassStore>();

    public ConcurrentQueue<string> Logs { get; } = new();

    public StringWriter Output { get; } = new();

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public string Ticket(string member, Role role, string classId = "math", TimeSpan? lifetime = null) =>
        Get<JoinTicketIssuer>().Issue(new Identity(member, $"Name of {member}", role, classId), lifetime ?? TimeSpan.FromHours(1)).Text;

    public HttpClient Client(string? bearer = null)
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    public Task<HubWire> ConnectAsync(string member, Role role, string classId = "math") =>
        HubWire.ConnectAsync(Server, Ticket(member, role, classId));

    public async Task<HubWire> JoinAsync(string member, Role role, string device = "d1")
    {
        var wire = await ConnectAsync(member, role);
        await wire.InvokeAsync("Join", new JoinRequest(device));
        return wire;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("DataDirectory", Data);
        builder.UseSetting("Rtc:Port", "0");
        builder.UseSetting("Rtc:Workers", "1");
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureLogging(logging =>
        {
            logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new LogTrap(Logs));
            if (LogsInspection)
            {
                logging.AddFilter(StreamingMeters.InspectionName, LogLevel.Trace);
            }
        });
        builder.ConfigureServices(services =>
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(PageWarming)));   // a second's work, for every host
            services.Replace(ServiceDescriptor.Singleton<IMediaGateway>(Gateway));
            services.Replace(ServiceDescriptor.Singleton<TextWriter>(Output));
            foreach (var protocol in Protocols)
            {
                services.AddSingleton(protocol);
            }

            if (SwitchesStore)
            {
                services.Replace(ServiceDescriptor.Singleton<IClassStore>(provider => new SwitchedStore(
                    new LocalClassStore(provider.GetRequiredService<Journal>(), provider.GetRequiredService<TimeProvider>()), isShared: false)));
            }

            // In time that stands still the second message of a class would never have its turn.
            services.Replace(ServiceDescriptor.Singleton(provider =>
                new ClassroomRules(
                    provider.GetRequiredService<IOptions<StreamingOptions>>().Value.Limits.SeatsPerClass,
                    provider.GetRequiredService<IOptions<StreamingOptions>>().Value.Grace,
                    TimeSpan.Zero)));
            if (IsDemo)
            {
                services.Replace(ServiceDescriptor.Singleton(new DemoMode(true)));
            }

            if (Time is not null)
            {
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            }
        });
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && _ownsData && System.IO.Directory.Exists(Data))
        {
            System.IO.Directory.Delete(Data, recursive: true);
        }
    }

    private sealed class LogTrap(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
