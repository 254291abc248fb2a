using Streaming.Contracts;

namespace Streaming.Client;

/// <summary>A refusal by the classroom, or the want of a connection to it.</summary>
/// <param name="code">A code of <see cref="HubErrors"/>, or <see cref="Offline"/> or <see cref="Unexpected"/>.</param>
/// <param name="message">A sentence for a developer; a user is told by the code.</param>
/// <param name="cause">What was caught, if anything.</param>
public sealed class ClassroomException(string code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>There is no connection now, or it was lost before the answer: whether the call was carried out is not known.</summary>
    public const string Offline = "offline";

    /// <summary>The server failed in a way that it has no code for.</summary>
    public const string Unexpected = "unexpected";

    /// <summary>Why; stable, to be compared.</summary>
    public string Code { get; } = code;

    /// <summary>Makes one from a hub error.</summary>
    internal static ClassroomException From(Microsoft.AspNetCore.SignalR.HubException error)
    {
        if (HubErrors.CodeOf(error.Message) is not { } code)
        {
            return new ClassroomException(Unexpected, error.Message, error);
        }

        var sentence = error.Message[(error.Message.IndexOf(code + ":", StringComparison.Ordinal) + code.Length + 1)..].Trim();
        return new ClassroomException(code, sentence, error);
    }
}
