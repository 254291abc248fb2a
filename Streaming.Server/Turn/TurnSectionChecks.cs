using System.Text.RegularExpressions;

namespace Streaming.Server.Turn;

/// <summary>Checks section <c>Turn</c>. No failure repeats the secret.</summary>
internal static partial class TurnSectionChecks
{
    private const int MostUrls = 10, ShortestSecret = 16, ShortestLife = 10, LongestLife = 7 * 24 * 60;
    private const string Example = "for example --Turn:Urls turn:turn.example.org:3478?transport=tcp.";

    public static IEnumerable<string> Problems(TurnSection turn)
    {
        if (turn.Urls.Length > MostUrls)
        {
            yield return $"Turn:Urls has {turn.Urls.Length} addresses. Write {MostUrls} at most: browsers try them all, and slowly.";
        }

        foreach (var url in turn.Urls.Where(url => !TurnUrl().IsMatch(url)))
        {
            yield return $"Turn:Urls has '{url}'. Write turn: or turns:, the host, a port where it is not the usual one, and ?transport=udp or tcp where it "
                + $"matters (RFC 7065), {Example}";
        }

        if (turn.Urls.Length > 0 && string.IsNullOrEmpty(turn.Secret))
        {
            yield return "Turn:Urls is set, but Turn:Secret is not. Write the secret that the TURN server has (coturn: static-auth-secret), best in the "
                + "environment as Turn__Secret.";
        }
        else if (turn.Urls.Length > 0 && turn.Secret!.Length < ShortestSecret)
        {
            yield return $"Turn:Secret has {turn.Secret.Length} characters. Write {ShortestSecret} at least, chosen at random: whoever guesses it uses the relay.";
        }
        else if (turn.Urls.Length == 0 && !string.IsNullOrEmpty(turn.Secret))
        {
            yield return $"Turn:Secret is set, but Turn:Urls is empty. Write how browsers reach the TURN server, {Example}";
        }

        if (turn.LifetimeMinutes is < ShortestLife or > LongestLife)
        {
            yield return $"Turn:LifetimeMinutes is {turn.LifetimeMinutes}. Write a number from {ShortestLife} to {LongestLife}, for example --Turn:LifetimeMinutes 720.";
        }
    }

    // RFC 7065 §3.1; a host is a name, an IPv4 address, or an IPv6 one in brackets.
    [GeneratedRegex(@"^turns?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(\?transport=(udp|tcp))?$")]
    private static partial Regex TurnUrl();
}
