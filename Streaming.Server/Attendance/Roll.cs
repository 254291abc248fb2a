using System.Text.Json;
using Streaming.Contracts;

namespace Streaming.Server.Attendance;

/// <summary>One student who belongs to a class.</summary>
/// <param name="Member">The id that their tickets have.</param>
/// <param name="Name">The name that reports have.</param>
internal sealed record RollEntry(string Member, string Name);

/// <summary>Who belongs to a class, whether they come or not.</summary>
/// <param name="Students">In the order of the list that was sent, no id twice.</param>
/// <param name="UpdatedAt">When it was sent (UTC).</param>
internal sealed record Roll(IReadOnlyList<RollEntry> Students, DateTimeOffset UpdatedAt)
{
    /// <summary>The name of the class's document that holds it.</summary>
    public const string Document = "roll";

    /// <summary>The most students that one roll has.</summary>
    public const int MaxStudents = 5_000;

    /// <summary>As it is kept.</summary>
    public string Write() => JsonSerializer.Serialize(this, ContractsJson.Wire);

    /// <summary>Out of what was kept; null for null.</summary>
    public static Roll? Read(string? kept) => kept is null ? null : JsonSerializer.Deserialize<Roll>(kept, ContractsJson.Wire);
}
