namespace Streaming.Contracts;

/// <summary>Which of a camera's simulcast layers somebody sees: what is larger need not be sent.</summary>
/// <param name="Session">The publishing session that it is said of; of another one all layers are wanted.</param>
/// <param name="Top">The largest of them, 0 for the smallest, which is always wanted.</param>
public sealed record LayersWanted(string Session, int Top);
