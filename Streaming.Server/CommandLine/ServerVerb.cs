namespace Streaming.Server.CommandLine;

/// <summary>What the process is to do: the first argument, when it is a word.</summary>
internal enum ServerVerb
{
    /// <summary>Run the server; no verb.</summary>
    Run,

    /// <summary>Run the server with a demo class.</summary>
    Demo,

    /// <summary>Make a ticket and print it.</summary>
    Ticket,

    /// <summary>Say what can be said here.</summary>
    Help,

    /// <summary>A word that is no verb.</summary>
    Unknown,
}

/// <summary>Reads the command line.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Word">The verb as it was written.</param>
/// <param name="Options">The arguments that are options.</param>
internal sealed record ServerCommand(ServerVerb Verb, string Word, string[] Options)
{
    public const string Help = """
        Usage: Streaming.Server [verb] [--Key value …]

          (no verb)  run the server
          demo       run the server with a demo class, and print a link for a teacher, two students, an inspector and the office;
                     everybody who reaches the server can have them
          ticket     make a ticket:  --class math-7 --member t-1 --name "Lin Wei" --role teacher [--lifetime 480]
                     with the keys of --DataDirectory; the lifetime is in minutes;
                     roles: teacher, student, inspector, and office, for attendance alone
          help       print this

        Options, also in appsettings.json or as environment variables with '__' for ':'
          --urls http://localhost:8080     the HTTP address; port 0 takes any free one
          --DataDirectory data             keys and lessons
          --PublicUrl https://…            what links begin with
          --Rtc:Address 127.0.0.1          UDP: an IP address, localhost, or any
          --Rtc:Port 18443                 UDP: the first worker's port
          --Rtc:TcpPort 0                  TCP: the port for those whom no UDP reaches; 0: the number of Rtc:Port, -1: none
          --Rtc:Workers 1                  UDP: how many workers
          --Rtc:PublicAddresses …          UDP: the addresses that browsers send to
          --Rtc:Gcm auto                   how media is encrypted: auto, wide, narrow or openssl
          --Turn:Urls turn:host:3478       a TURN server for those who reach neither, with Turn:Secret (best as Turn__Secret)
          --Limits:SeatsPerClass 1200      students in one class
          --Grace 00:00:15                 how long a dropped device keeps its seat
          --Attendance:LateAfter 00:05:00  who comes later than this after the start is late
          --Attendance:EarlyBefore 00:05:00  who goes earlier than this before the end left early
          --Attendance:Retention 400       for how many days records are kept
          --Redis:Endpoints host:6379      the store that several nodes share, with Redis:Tls, Redis:Password and others;
                                           none: this node is alone
          --Node:Url https://…             where browsers find this very server, among several
          --Cors:Origins https://…         sites whose pages may use WHIP, WHEP and the API
          --Webhooks:Urls https://…        who is told of people coming and going
        """;

    public static ServerCommand Read(string[] args)
    {
        if (args is not [{ Length: > 0 } first, ..] || first[0] is '/' or '-')
        {
            return args is ["-h" or "--help", ..] ? new ServerCommand(ServerVerb.Help, args[0], []) : new ServerCommand(ServerVerb.Run, "", args);
        }

        var verb = first switch
        {
            "demo" => ServerVerb.Demo,
            "ticket" => ServerVerb.Ticket,
            "help" => ServerVerb.Help,
            _ => ServerVerb.Unknown,
        };
        return new ServerCommand(verb, first, args[1..]);
    }

    /// <summary>Does a verb that does not run the server.</summary>
    /// <returns>The exit code.</returns>
    public int Execute(TextWriter output, TextWriter errors)
    {
        switch (Verb)
        {
            case ServerVerb.Help:
                output.WriteLine(Help);
                return 0;
            case ServerVerb.Ticket:
                return TicketVerb.Execute(Options, output, errors);
            default:
                errors.WriteLine($"'{Word}' is no verb. The verbs are: demo, ticket, help; without one the server runs.");
                return 2;
        }
    }
}
