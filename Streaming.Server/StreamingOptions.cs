namespace Streaming.Server;

/// <summary>What the operator decides. Keys are as written here: in <c>appsettings.json</c>, as <c>--Rtc:Port 20000</c>, or as <c>Rtc__Port</c>.</summary>
/// <remarks>The HTTP address is ASP.NET Core's own: <c>--urls</c>, by default <see cref="DefaultUrl"/>.</remarks>
internal sealed class StreamingOptions
{
    /// <summary>Where the server listens when nobody says otherwise.</summary>
    public const string DefaultUrl = "http://localhost:8080";

    /// <summary>Where keys and lessons are kept: <c>data</c> in the working directory by default.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>What links to classes begin with, for example <c>https://live.example.org</c>. By default the address that was asked.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>How long a dropped device keeps its seat: 0 to 10 minutes, 15 s by default.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The media ports.</summary>
    public RtcSection Rtc { get; set; } = new();

    /// <summary>How much the server takes.</summary>
    public LimitsSection Limits { get; set; } = new();

    /// <summary>Other sites' pages.</summary>
    public CorsSection Cors { get; set; } = new();

    /// <summary>What is exported when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
    public TelemetrySection Telemetry { get; set; } = new();
}

/// <summary>Section <c>Rtc</c>: where media comes in and goes out (UDP).</summary>
internal sealed class RtcSection
{
    /// <summary>
    /// The address to listen on: an IP address, <c>localhost</c> (127.0.0.1), or <c>any</c> for all of the machine, IPv4 and IPv6.
    /// By default 127.0.0.1: only this machine.
    /// </summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The first UDP port; worker n takes <c>Port + n</c>. 0 lets the system choose. 18443 by default.</summary>
    public int Port { get; set; } = 18_443;

    /// <summary>How many workers, each a thread with a port: 1 to 64, by default one per core but one.</summary>
    public int Workers { get; set; } = Math.Clamp(Environment.ProcessorCount - 1, 1, 64);

    /// <summary>
    /// The addresses that browsers are told to send to; as a list, or in one line with commas. By default those that are listened on;
    /// needed when listening on <c>any</c>, or behind a NAT.
    /// </summary>
    public string[] PublicAddresses { get; set; } = [];

    /// <summary>The Linux port with batched system calls: <c>auto</c> (where the system has it), <c>on</c> or <c>off</c>.</summary>
    public string UseLinuxPort { get; set; } = "auto";
}

/// <summary>Section <c>Limits</c>: what is refused beyond (<c>class_full</c>).</summary>
internal sealed class LimitsSection
{
    /// <summary>Students in one class: 1 to 10 000, 1 200 by default. The teacher has a place besides.</summary>
    public int SeatsPerClass { get; set; } = 1_200;

    /// <summary>Classes with somebody in them at one time: 1 to 10 000, 500 by default.</summary>
    public int Classes { get; set; } = 500;

    /// <summary>Inspectors on the whole server: 0 to 10 000, 200 by default. Not per class: a school would notice.</summary>
    public int ObserversPerServer { get; set; } = 200;
}

/// <summary>Section <c>Cors</c>.</summary>
internal sealed class CorsSection
{
    /// <summary>Origins whose pages may use WHIP, WHEP and the API, for example <c>https://school.example.org</c>; <c>*</c> for all. None by default.</summary>
    public string[] Origins { get; set; } = [];
}

/// <summary>Section <c>Telemetry</c>.</summary>
internal sealed class TelemetrySection
{
    /// <summary>
    /// The meters and trace sources that are exported. By default those that cannot tell whether an inspector is there: ASP.NET Core's own
    /// count every connection, and System.Runtime has the processor's time.
    /// </summary>
    public string[] Exported { get; set; } = [Server.Telemetry.StreamingMeters.Name];
}
