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

    /// <summary>This server among several.</summary>
    public NodeSection Node { get; set; } = new();

    /// <summary>The media ports.</summary>
    public RtcSection Rtc { get; set; } = new();

    /// <summary>A relay for browsers that reach the media ports in no way.</summary>
    public TurnSection Turn { get; set; } = new();

    /// <summary>How much the server takes.</summary>
    public LimitsSection Limits { get; set; } = new();

    /// <summary>Connections that do not take what they are sent.</summary>
    public HubSection Hub { get; set; } = new();

    /// <summary>What counts as late and early, and how long records are kept, in classes that have not decided for themselves.</summary>
    public AttendanceSection Attendance { get; set; } = new();

    /// <summary>What several nodes share.</summary>
    public RedisSection Redis { get; set; } = new();

    /// <summary>Other sites' pages.</summary>
    public CorsSection Cors { get; set; } = new();

    /// <summary>Who is told by HTTP of people coming and going.</summary>
    public WebhooksSection Webhooks { get; set; } = new();

    /// <summary>What is exported when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
    public TelemetrySection Telemetry { get; set; } = new();
}

/// <summary>Section <c>Node</c>: this server among several that share one store.</summary>
internal sealed class NodeSection
{
    /// <summary>
    /// The address at which browsers find this very server, for example <c>https://node-2.live.example.org</c>. By default
    /// <see cref="StreamingOptions.PublicUrl"/>, or the address that is listened on; to be written where there is a store that others may share and
    /// a <see cref="StreamingOptions.PublicUrl"/>, which may stand for several.
    /// </summary>
    public string? Url { get; set; }
}

/// <summary>Section <c>Rtc</c>: where media comes in and goes out (UDP, and TCP for those whom no UDP reaches).</summary>
internal sealed class RtcSection
{
    /// <summary>
    /// The address to listen on: an IP address, <c>localhost</c> (127.0.0.1), or <c>any</c> for all of the machine, IPv4 and IPv6.
    /// By default 127.0.0.1: only this machine.
    /// </summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The first UDP port; worker n takes <c>Port + n</c>. 0 lets the system choose. 18443 by default.</summary>
    public int Port { get; set; } = 18_443;

    /// <summary>The one TCP port of all workers: 0 for the number of the first UDP port, the default; -1 for none.</summary>
    public int TcpPort { get; set; }

    /// <summary>How many workers, each a thread with a port: 1 to 64, by default one per core.</summary>
    public int Workers { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>How many viewers of one class one worker carries before the next one joins in: 10 to 10 000, 400 by default.</summary>
    public int ViewersPerWorker { get; set; } = 400;

    /// <summary>
    /// The addresses that browsers are told to send to; as a list, or in one line with commas. By default those that are listened on;
    /// needed when listening on <c>any</c>, or behind a NAT.
    /// </summary>
    public string[] PublicAddresses { get; set; } = [];

    /// <summary>The Linux port with batched system calls: <c>auto</c> (where the system has it), <c>on</c> or <c>off</c>.</summary>
    public string UseLinuxPort { get; set; } = "auto";

    /// <summary>
    /// Whether packets for one viewer leave as one segmented send (UDP_SEGMENT): <c>on</c> (where kernel and device can; the default) or <c>off</c>.
    /// </summary>
    public string SegmentedSends { get; set; } = "on";

    /// <summary>How long a busy worker lets packets gather before it sends them on, in microseconds: 0 to 1 000, the default. With few viewers it does not wait.</summary>
    public int GatherMicroseconds { get; set; } = 1_000;

    /// <summary>The bit rate that a teacher's voice is asked for, in bit/s, 6 000–510 000.</summary>
    public int VoiceBitrate { get; set; } = 24_000;

    /// <summary>Whether each packet of the voice is to repeat the one before in a coarse form (in-band FEC).</summary>
    public bool VoiceFec { get; set; } = true;

    /// <summary>Whether next to nothing is to be sent while the teacher is silent (DTX).</summary>
    public bool VoiceDtx { get; set; } = true;

    /// <summary>
    /// Which code encrypts media by AES-GCM: <c>auto</c> (the fastest that this machine can do), <c>wide</c>, <c>narrow</c> or <c>openssl</c>.
    /// </summary>
    public string Gcm { get; set; } = "auto";
}

/// <summary>Section <c>Turn</c>: a TURN server (RFC 8656) that takes credentials which this server makes, such as coturn with <c>use-auth-secret</c>.</summary>
internal sealed class TurnSection
{
    /// <summary>
    /// How browsers reach it, 10 addresses at most, for example <c>turn:turn.example.org:3478?transport=tcp</c> or <c>turns:turn.example.org:443</c>;
    /// as a list, or in one line with commas. None by default.
    /// </summary>
    public string[] Urls { get; set; } = [];

    /// <summary>What both servers know and nobody else: coturn's <c>static-auth-secret</c>, 16 characters at least. Best given in the environment: <c>Turn__Secret</c>.</summary>
    public string? Secret { get; set; }

    /// <summary>How long a credential opens the relay, in minutes: 10 to 10 080 (a week), 720 by default. Longer than a day of school.</summary>
    public int LifetimeMinutes { get; set; } = 720;
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

/// <summary>Section <c>Hub</c>: what a connection may let wait. First what waits is thrown away, and a snapshot takes its place; then it is closed.</summary>
internal sealed class HubSection
{
    /// <summary>Bytes that may wait for one connection, besides what the system holds: 4 096 to 16 777 216, 262 144 by default.</summary>
    public int MaxWaiting { get; set; } = FanOut.OutboxLimits.Default.Bytes;

    /// <summary>How long a connection may take nothing before what waits is thrown away: 1 s to 1 minute, 5 s by default.</summary>
    public TimeSpan SnapshotsAfter { get; set; } = FanOut.OutboxLimits.Default.SnapshotsAfter;

    /// <summary>How much longer it may take nothing before it is closed: 1 s to 5 minutes, 20 s by default.</summary>
    public TimeSpan CloseAfter { get; set; } = FanOut.OutboxLimits.Default.CloseAfter;
}

/// <summary>Section <c>Attendance</c>: the options of a lesson where the class has no settings of its own.</summary>
internal sealed class AttendanceSection
{
    /// <summary>Whoever comes later than this after the start is late: 0 to 4 hours, 5 minutes by default.</summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whoever goes earlier than this before the end left early: 0 to 4 hours, 5 minutes by default.</summary>
    public TimeSpan EarlyBefore { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a class's records are kept: 1 to 3 650 days, 400 by default. A number alone is days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(400);
}

/// <summary>Section <c>Redis</c>: the store that the nodes of a city share (Redis 7). Without endpoints this node is alone and needs none.</summary>
internal sealed class RedisSection
{
    /// <summary>
    /// Servers as <c>host:port</c>, as a list or in one line with commas: one server, or some of a cluster, or, with <see cref="SentinelService"/>,
    /// the sentinels. None by default.
    /// </summary>
    public string[] Endpoints { get; set; } = [];

    /// <summary>The password of Redis' default user. None by default. Best given in the environment: <c>Redis__Password</c>.</summary>
    public string? Password { get; set; }

    /// <summary>Cannot be used; here so that writing it is answered. The client signs in as the default user only.</summary>
    public string? User { get; set; }

    /// <summary>Whether Redis, and the sentinels, speak TLS. They do not by default.</summary>
    public bool Tls { get; set; }

    /// <summary>A file of certificates (PEM): only servers whose certificate these have signed are trusted. By default the system's authorities.</summary>
    public string? CaFile { get; set; }

    /// <summary>What the sentinels call the master, for example <c>streaming</c>. Without sentinels, nothing.</summary>
    public string? SentinelService { get; set; }

    /// <summary>What every key begins with: 1 to 32 letters, digits, '-', '_', '.'; <c>streaming</c> by default. Different for systems that share a Redis.</summary>
    public string Prefix { get; set; } = "streaming";

    /// <summary>How long one call to Redis may take: 0.1 to 30 s, 2 s by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Section <c>Cors</c>.</summary>
internal sealed class CorsSection
{
    /// <summary>Origins whose pages may use WHIP, WHEP and the API, for example <c>https://school.example.org</c>; <c>*</c> for all. None by default.</summary>
    public string[] Origins { get; set; } = [];
}

/// <summary>Section <c>Webhooks</c>: who is told of people coming and going.</summary>
internal sealed class WebhooksSection
{
    /// <summary>
    /// Where events are posted to, 10 addresses at most, for example <c>https://school.example.org/hooks/presence</c>; as a list, or in one line
    /// with commas. None by default: nothing is sent.
    /// </summary>
    public string[] Urls { get; set; } = [];

    /// <summary>Whether <c>http</c> is taken for other machines than this one: events have names in them. False by default.</summary>
    public bool AllowHttp { get; set; }
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
