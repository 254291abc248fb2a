using System.Net;
using Streaming.Rtc;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Sdp;

namespace Streaming.Benchmarks.Load;

/// <summary>A server's answer whose only way in is this machine's own loopback: load goes nowhere else.</summary>
/// <param name="Answer">What it says.</param>
/// <param name="Server">Where the server's media port is.</param>
internal sealed record LoopbackAnswer(ClientAnswer Answer, TransportAddress Server)
{
    /// <summary>Reads an answer.</summary>
    /// <exception cref="LoadException">It cannot be used, or leads anywhere but to 127.0.0.1.</exception>
    public static LoopbackAnswer Read(string sdp)
    {
        if (!ClientAnswer.TryRead(sdp, out var answer, out var error))
        {
            throw new LoadException($"The server's answer cannot be used: {error}");
        }

        TransportAddress? server = null;
        foreach (var line in answer.Candidates)
        {
            if (line.Split(' ') is not [_, _, _, _, var host, ..] || host != $"{IPAddress.Loopback}")
            {
                throw new LoadException(
                    $"The server's answer has 'a={line.Trim()}', which is not at 127.0.0.1. Load stays on loopback: let the server serve 127.0.0.1 alone.");
            }

            if (server is null && HostCandidate.TryParse(line, out var candidate) && !candidate.IsTcp)
            {
                server = candidate.Address;
            }
        }

        return new LoopbackAnswer(answer, server ?? throw new LoadException(
            "The server's answer has no UDP host candidate. Candidates that trickle in later are not waited for: let the server answer with all of them."));
    }
}
