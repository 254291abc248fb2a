using Streaming.Contracts;

namespace Streaming.Server.FanOut;

/// <summary>What is left of the messages that a connection did not take: enough to be in step again, however many they were.</summary>
/// <remarks>
/// <para>Of changes and of chat lines the last one is kept. It shows a gap, and whoever sees one asks for a snapshot, which has the rest.</para>
/// <para>Link qualities, presence and answers are in no snapshot. Of them the last word on each member is kept, so this is as large as a class.</para>
/// <para>Of what comes to the connection itself (its rung), and of what its page is asked for (stills, layers), the last word is kept.</para>
/// <para>What else concerns one connection alone (a media session that ended) is kept as it is.</para>
/// </remarks>
internal sealed class NewsDigest
{
    private readonly List<HubNews> _own = [];
    private HubNews? _change;
    private HubNews? _line;
    private HubNews? _rung;
    private HubNews? _wish;
    private HubNews? _layers;
    private Dictionary<string, ViewerQuality>? _quality;
    private Dictionary<string, MemberPresence>? _presence;
    private Dictionary<string, CheckInAnswer>? _answers;
    private long _checkIn;

    /// <summary>How many messages are kept as they are.</summary>
    public int OwnCount => _own.Count;

    public void Add(HubNews news)
    {
        switch (news.Payload)
        {
            case ClassroomChange:
                _change = news;
                break;

            case ChatLine:
                _line = news;
                break;

            case Rung:
                _rung = news;
                break;

            case LayersWanted:
                _layers = news;
                break;

            case bool:
                _wish = news;
                break;

            case IReadOnlyList<ViewerQuality> viewers:
                Keep(ref _quality, viewers, viewer => viewer.Member);
                break;

            case IReadOnlyList<MemberPresence> members:
                Keep(ref _presence, members, member => member.Member);
                break;

            case CheckInProgress progress:
                if (progress.Id != _checkIn)
                {
                    (_checkIn, _answers) = (progress.Id, null);
                }

                Keep(ref _answers, progress.Answers, answer => answer.Member);
                break;

            default:
                _own.Add(news);
                break;
        }
    }

    /// <summary>The few messages that take the place of the many.</summary>
    public IEnumerable<HubNews> Messages()
    {
        foreach (var own in _own)
        {
            yield return own;
        }

        if (_rung is not null)
        {
            yield return _rung;
        }

        if (_wish is not null)
        {
            yield return _wish;
        }

        if (_layers is not null)
        {
            yield return _layers;
        }

        if (_quality is not null)
        {
            yield return new HubNews(nameof(IClassroomClient.Quality), _quality.Values.ToArray());
        }

        if (_presence is not null)
        {
            yield return new HubNews(nameof(IClassroomClient.Presence), _presence.Values.ToArray());
        }

        if (_answers is not null)
        {
            yield return new HubNews(nameof(IClassroomClient.CheckInProgress), new CheckInProgress(_checkIn, [.. _answers.Values]));
        }

        // The change before the line: its snapshot has the lines that are missing, and the line is then known.
        if (_change is not null)
        {
            yield return _change;
        }

        if (_line is not null)
        {
            yield return _line;
        }
    }

    private static void Keep<T>(ref Dictionary<string, T>? kept, IReadOnlyList<T> news, Func<T, string> member)
    {
        kept ??= new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in news)
        {
            kept[member(item)] = item;
        }
    }
}
