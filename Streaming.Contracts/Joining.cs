namespace Streaming.Contracts;

/// <summary>What a ticket allows its bearer to be.</summary>
public enum Role
{
    /// <summary>Starts and ends the lesson, publishes, sees everything.</summary>
    Teacher,

    /// <summary>Watches, raises a hand, chats.</summary>
    Student,

    /// <summary>Watches and sees the roster; is in no roster, count or message, and writes nothing.</summary>
    Inspector,
}

/// <summary>Takes the seat that the connection's ticket names.</summary>
/// <param name="Device">
/// A stable random id of this browser tab or app (<see cref="Ids.Rule"/>): the same device coming back replaces its former connection.
/// </param>
public sealed record JoinRequest(string Device);

/// <summary>The seat that was taken, and the class as it stands.</summary>
/// <param name="Me">Who the ticket says you are.</param>
/// <param name="Server">An id of this run of the server: when it changes, media sessions of before are gone.</param>
/// <param name="Classroom">The class at the version from which changes follow.</param>
/// <param name="Nodes">
/// The addresses of the other servers of the same city, to be tried when this one answers no more; null where there is one only.
/// </param>
/// <param name="IceServers">The relays to be given to peer connections; null where there is none. Fresh with every join.</param>
public sealed record JoinReply(
    Identity Me, string Server, ClassroomSnapshot Classroom, IReadOnlyList<string>? Nodes = null, IReadOnlyList<IceServer>? IceServers = null);

/// <summary>A TURN server for a peer connection: what browsers call an <c>RTCIceServer</c>.</summary>
/// <param name="Urls">How to reach it (RFC 7065).</param>
/// <param name="Username">Good for some hours; says nothing about who uses it.</param>
/// <param name="Credential">The password to it.</param>
public sealed record IceServer(IReadOnlyList<string> Urls, string Username, string Credential)
{
    /// <inheritdoc/>
    public override string ToString() => $"{nameof(IceServer)} {string.Join(' ', Urls)}";   // without the credential, wherever it is written
}

/// <summary>Who a ticket says its bearer is.</summary>
/// <param name="Member">Stable id within the school; two devices of one person share it.</param>
/// <param name="Name">Display name; only ever from the ticket.</param>
/// <param name="Role">What the bearer may do.</param>
/// <param name="Class">The one class that the ticket opens.</param>
public sealed record Identity(string Member, string Name, Role Role, string Class);
