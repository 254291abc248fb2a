using System.Globalization;
using System.Net;
using Streaming.Benchmarks.Runs;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks.Load;

/// <summary>Reads the arguments behind <c>load</c>.</summary>
internal static class LoadOptionsReader
{
    public const string Help = """
        load: classes with teachers and viewers over loopback; server and load are processes of their own. Prints what a forwarded packet costs the server.

          --classes 1            classes, 1 to 200, each with a teacher
          --viewers 100          viewers of each class, 1 to 5000; with --saturate, how many it begins with
          --seconds 10           how long is measured, 1 to 600; with --saturate, each step
          --fps 50               pictures a second, 1 to 60
          --frame 5              packets of each picture, 1 to 50
          --size 1100            bytes of each packet, 100 to 1200
          --voice-offset 10      when the voice's packet leaves behind a picture's moment, 0 to 19 ms
          --voice-only           no pictures
          --profile gcm          gcm or sha1: the only protection that is offered
          --feedback twcc        twcc: viewers tell when each packet came, as every browser does; none: they offer nothing of the kind
          --receivers timer      timer, gro (takes segmented batches whole) or woken (sleeps until a datagram wakes it)
          --pause 2              how long receivers sleep between two looks, 1 to 50 ms
          --sample 10            every how manieth viewer is decrypted, checked and timed, 1 to 1000
          --ramp 100             viewers that join in a second, 1 to 5000
          --warm-up 10           how long everybody is there before anything is measured, 1 to 600 s at least; the runtime compiles for some minutes
          --server-cpu 0         processors of the server: 0, 0,1, 0-1 or any
          --load-cpu 1           processors of this process
          --workers 1            the server's media workers, 1 to 64
          --server-set Rtc:Key=value   a setting of the server; may be repeated
          --json file            the figures as JSON
          --markdown file        the figures as Markdown

          --saturate             ever more viewers, until more than 0.1 % is lost: --step 100 at a time, at most --most 3000
          --storm 1000/5         so many join within so many seconds while the classes run
          --storm-into waiting   waiting: classes whose teacher has not come; running: the running ones
          --churn 20             so many viewers leave, and as many come, in a second

          --against whip whep    another server on this machine instead of ours, with --pid of its process, and if need be
                                 --token, or --whip-token and --whep-token; one class; its processors are its own affair (--server-cpu says where to look)
        """;

    /// <param name="arguments">What follows the word.</param>
    /// <param name="processors">How many processors there are.</param>
    /// <exception cref="ArgumentException">An argument is unknown or out of its range; the message says what is right.</exception>
    public static LoadOptions Read(ReadOnlySpan<string> arguments, int processors)
    {
        var read = new LoadOptions { LoadProcessors = new ProcessorSet([Math.Min(1, processors - 1)]) };
        var rest = new Queue<string>(arguments.ToArray());
        var voiceOnly = false;
        string? whip = null, whep = null, token = null, whipToken = null, whepToken = null;
        int? process = null;
        while (rest.TryDequeue(out var option))
        {
            switch (option)
            {
                case "--classes": read = read with { Classes = Number(1, 200) }; break;
                case "--viewers": read = read with { Viewers = Number(1, 5_000) }; break;
                case "--seconds": read = read with { Seconds = Number(1, 600) }; break;
                case "--fps": read = read with { Stream = read.Stream with { FramesPerSecond = Number(1, 60) } }; break;
                case "--frame": read = read with { Stream = read.Stream with { PacketsPerFrame = Number(1, 50) } }; break;
                case "--size": read = read with { Stream = read.Stream with { PacketSize = Number(100, 1_200) } }; break;
                case "--voice-offset": read = read with { Stream = read.Stream with { VoiceOffset = TimeSpan.FromMilliseconds(Number(0, 19)) } }; break;
                case "--voice-only": voiceOnly = true; break;
                case "--profile":
                    read = read with { Profile = OneOf(("gcm", SrtpProfile.AeadAes128Gcm), ("sha1", SrtpProfile.AesCm128HmacSha1Tag80)) };
                    break;
                case "--feedback": read = read with { TellsArrivals = OneOf(("twcc", true), ("none", false)) }; break;
                case "--receivers":
                    read = read with { Receivers = OneOf(("timer", Receivers.Timer), ("gro", Receivers.Gro), ("woken", Receivers.Woken)) };
                    break;
                case "--pause": read = read with { Pause = TimeSpan.FromMilliseconds(Number(1, 50)) }; break;
                case "--sample": read = read with { Sample = Number(1, 1_000) }; break;
                case "--ramp": read = read with { Ramp = Number(1, 5_000) }; break;
                case "--warm-up": read = read with { WarmUp = TimeSpan.FromSeconds(Number(1, 600)) }; break;
                case "--server-cpu": read = read with { ServerProcessors = ProcessorSet.Read(option, Value(), processors) }; break;
                case "--load-cpu": read = read with { LoadProcessors = ProcessorSet.Read(option, Value(), processors) }; break;
                case "--workers": read = read with { Workers = Number(1, 64) }; break;
                case "--server-set": read = read with { ServerSettings = [.. read.ServerSettings, Setting(Value())] }; break;
                case "--json": read = read with { JsonFile = Value() }; break;
                case "--markdown": read = read with { MarkdownFile = Value() }; break;
                case "--saturate": read = WithKind(LoadKind.Saturate); break;
                case "--step": read = read with { Step = Number(1, 1_000) }; break;
                case "--most": read = read with { Most = Number(1, 5_000) }; break;
                case "--storm":
                    var (viewers, seconds) = Storm(Value());
                    read = WithKind(LoadKind.Storm) with { StormViewers = viewers, StormSeconds = seconds };
                    break;
                case "--storm-into": read = read with { StormsIntoRunning = OneOf(("waiting", false), ("running", true)) }; break;
                case "--churn": read = WithKind(LoadKind.Churn) with { Churn = Number(1, 500) }; break;
                case "--against": (whip, whep) = (Value(), Value()); break;
                case "--pid": process = Number(1, int.MaxValue); break;
                case "--token": token = Value(); break;
                case "--whip-token": whipToken = Value(); break;
                case "--whep-token": whepToken = Value(); break;
                default: throw new ArgumentException($"'{option}' is no option of the load run.\n{Help}");
            }

            string Value() => rest.TryDequeue(out var value) ? value : throw new ArgumentException($"{option} needs a value.\n{Help}");

            int Number(int least, int most) => OptionText.Number(option, Value(), least, most);

            T OneOf<T>(params ReadOnlySpan<(string Word, T Meaning)> words)
            {
                var value = Value();
                foreach (var (word, meaning) in words)
                {
                    if (word == value)
                    {
                        return meaning;
                    }
                }

                throw new ArgumentException($"{option} takes {string.Join(" or ", words.ToArray().Select(word => word.Word))}; '{value}' is none.");
            }

            LoadOptions WithKind(LoadKind kind) => read.Kind is LoadKind.Steady || read.Kind == kind
                ? read with { Kind = kind }
                : throw new ArgumentException("--saturate, --storm and --churn are runs of their own; write one of them.");
        }

        read = voiceOnly ? read with { Stream = read.Stream with { PacketsPerFrame = 0 } } : read;
        return Checked(read with { Foreign = Foreign(read, whip, whep, process, token, whipToken, whepToken) });
    }

    private static LoadOptions Checked(LoadOptions read)
    {
        const int most = 5_000;
        return read.MostViewers > most ? throw new ArgumentException($"{read.MostViewers} viewers are too many; {most} at most.")
            : read.Kind == LoadKind.Saturate && read.Most < read.Classes * read.Viewers ? throw new ArgumentException("--most is less than it begins with.")
            : read.Kind == LoadKind.Storm && read.Foreign is not null && !read.StormsIntoRunning
                ? throw new ArgumentException("Another server has no waiting classes; write --storm-into running.")
            : read;
    }

    private static ForeignOptions? Foreign(
        LoadOptions read, string? whip, string? whep, int? process, string? token, string? whipToken, string? whepToken)
    {
        if (whip is null || whep is null)
        {
            return process is null && token is null && whipToken is null && whepToken is null
                ? null
                : throw new ArgumentException("--pid and tokens go with --against.");
        }

        if (process is null)
        {
            throw new ArgumentException("--against needs --pid, the server's process on this machine, to read what it costs.");
        }

        return read.Classes != 1 || read.ServerSettings.Count > 0 || read.Workers != 1
            ? throw new ArgumentException("--against goes with one class, and without --workers and --server-set: the server is somebody else's.")
            : new ForeignOptions(Loopback(whip), Loopback(whep), process.Value, whipToken ?? token, whepToken ?? token);
    }

    private static Uri Loopback(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && (url.Host == "localhost" || (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address)))
            ? url
            : throw new ArgumentException($"--against takes addresses of this machine, such as http://127.0.0.1:8080/whip/class; '{text}' is none. Load stays on loopback.");

    private static string Setting(string text) => text.IndexOf('=') is > 0
        ? text
        : throw new ArgumentException($"--server-set takes a setting such as Rtc:Workers=2; '{text}' is none.");

    private static (int Viewers, int Seconds) Storm(string text) =>
        text.Split('/') is [var viewers, var seconds]
            && int.TryParse(viewers, NumberStyles.None, CultureInfo.InvariantCulture, out var many) && many is >= 1 and <= 5_000
            && int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var within) && within is >= 1 and <= 60
            ? (many, within)
            : throw new ArgumentException($"--storm takes joins and seconds such as 1000/5, at most 5000 and 60; '{text}' is none.");
}
