using System.Globalization;
using System.Text.Json;
using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Webhooks;

/// <summary>A person came into a class, or is gone from it.</summary>
/// <param name="Type"><see cref="Joined"/> or <see cref="Left"/>.</param>
/// <param name="Class">The class.</param>
/// <param name="Sequence">The ledger's entry that decided it.</param>
/// <param name="Timestamp">When it was decided (UTC).</param>
/// <param name="Member">Who.</param>
/// <param name="Name">The display name on the newest ticket.</param>
/// <param name="Role">As what.</param>
/// <param name="At">When they came; or when they were last known to be there (UTC).</param>
/// <param name="Cause">Why they are gone; null of one who came.</param>
internal sealed record WebhookEvent(
    string Type,
    string Class,
    long Sequence,
    DateTimeOffset Timestamp,
    string Member,
    string Name,
    Role Role,
    DateTimeOffset At,
    LedgerCause? Cause)
{
    public const string Joined = "member.joined";
    public const string Left = "member.left";

    private static readonly JsonSerializerOptions Json = MakeJson();

    /// <summary>The same each time this event is told, also after a restart and by another node.</summary>
    /// <remarks>
    /// The time is in it because a number can be given twice: an entry that was written while the class had another home is set aside, and
    /// another one takes its place. A full stop would part what is signed (Standard Webhooks), and classes may have one in their names.
    /// </remarks>
    public string Id => string.Create(
        CultureInfo.InvariantCulture,
        $"{Class.Replace('.', '~')}-{Sequence}-{Timestamp.ToUnixTimeMilliseconds()}-{(Type == Joined ? "joined" : "left")}");

    /// <summary>What is posted: JSON in UTF-8, the same bytes each time.</summary>
    public byte[] ToBody() => JsonSerializer.SerializeToUtf8Bytes(
        new Body(Type, Timestamp, new Data(Class, Member, Name, Role, At, Cause, Sequence)), Json);

    private static JsonSerializerOptions MakeJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ContractsJson.Apply(json);
        return json;
    }

    private sealed record Body(string Type, DateTimeOffset Timestamp, Data Data);

    private sealed record Data(string Class, string Member, string Name, Role Role, DateTimeOffset At, LedgerCause? Cause, long Sequence);
}
