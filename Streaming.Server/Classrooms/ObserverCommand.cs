using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>What an inspector's connection can ask for. None of it reaches the <see cref="Classroom"/>.</summary>
internal abstract record ObserverCommand;

/// <summary>Begins to watch, or comes back to it.</summary>
internal sealed record Observe(Identity Who, string Device, string Connection) : ObserverCommand;

/// <summary>The connection is gone; its media stays for the grace.</summary>
internal sealed record ObserverDisconnected(Caller Caller) : ObserverCommand;

/// <summary>Goes for good.</summary>
internal sealed record ObserverLeave(Caller Caller) : ObserverCommand;

/// <summary>The whole class, please.</summary>
internal sealed record ObserverSnapshot(Caller Caller) : ObserverCommand;

/// <summary>Announces a watching session; see <see cref="OpenMedia"/>.</summary>
internal sealed record ObserverOpenMedia(Identity Who, Caller? Caller, string Session, string? Device = null) : ObserverCommand;

/// <summary>The announced session was negotiated.</summary>
internal sealed record ObserverMediaOpened(string Session) : ObserverCommand;

/// <summary>The session is no more.</summary>
internal sealed record ObserverMediaEnded(string Session) : ObserverCommand;

/// <summary>A WHEP client deletes its session.</summary>
internal sealed record ObserverDeleteMedia(string Member, string Session) : ObserverCommand;

/// <summary>How much of the class a watching session's link carries.</summary>
internal sealed record ObserverRungHeard(string Session, Rung Rung) : ObserverCommand;

/// <summary>See <see cref="IClassroomHub.LimitRung"/>.</summary>
internal sealed record ObserverLimitRung(Caller Caller, Rung Highest) : ObserverCommand;
