namespace Streaming.Contracts;

/// <summary>One line of the chat: text only, shown as text.</summary>
/// <param name="Id">Number of the line in this class, counted from 1, without gaps.</param>
/// <param name="Member">Who said it.</param>
/// <param name="Name">The speaker's display name.</param>
/// <param name="Role">The speaker's role.</param>
/// <param name="Text">At most <see cref="MaxLength"/> characters.</param>
/// <param name="At">When (UTC).</param>
public sealed record ChatLine(long Id, string Member, string Name, Role Role, string Text, DateTimeOffset At)
{
    /// <summary>The longest line, in UTF-16 code units.</summary>
    public const int MaxLength = 500;
}
