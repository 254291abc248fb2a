using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>What the workers that show one class say to each other.</summary>
/// <param name="Room">The class, under the same id on all of them.</param>
internal abstract record RelayCommand(RoomId Room) : RtcCommand;

/// <summary>To the worker that has a class's publisher: another worker shows the class to viewers of its own.</summary>
/// <param name="Room">The class, under the same id on both.</param>
/// <param name="Ring">What it is to write into.</param>
/// <param name="Branch">Takes commands to the other worker.</param>
/// <param name="Nudge">Tells the other worker that there is something to read.</param>
internal sealed record AddBranch(RoomId Room, RelayRing Ring, Action<RtcCommand> Branch, Action Nudge) : RelayCommand(Room);

/// <summary>To the worker that has a class's publisher: the other one has no viewers of it any more.</summary>
internal sealed record RemoveBranch(RoomId Room, RelayRing Ring) : RelayCommand(Room);

/// <summary>To the other worker: it shows the class from what comes over the ring.</summary>
/// <param name="Room">The class, whose room is open.</param>
/// <param name="Ring">What it is to read.</param>
/// <param name="Home">Takes commands to the worker that has the publisher.</param>
internal sealed record AddInlet(RoomId Room, RelayRing Ring, Action<RtcCommand> Home) : RelayCommand(Room);

/// <summary>To the other worker: which tracks there are now, in place of all former ones.</summary>
internal sealed record RelaySources(RoomId Room, IReadOnlyList<RelayedSource> Sources) : RelayCommand(Room);

/// <summary>To the other worker: how a track's timestamps lie on the publisher's clock.</summary>
internal sealed record RelayClock(RoomId Room, long Stream, SenderClock Clock) : RelayCommand(Room);

/// <summary>To the worker that has the publisher: somebody elsewhere has no picture, or cannot go on with it.</summary>
/// <param name="Room">The class, under the same id on both.</param>
/// <param name="Stream">Which life of which track.</param>
/// <param name="IsRepair">Whether a decoder is lost: the more often that happens, the less often it is done, all workers together.</param>
internal sealed record WantKeyFrame(RoomId Room, long Stream, bool IsRepair) : RelayCommand(Room);

/// <summary>To the worker that has the publisher: packets that did not come over the ring.</summary>
/// <param name="Room">The class, under the same id on both.</param>
/// <param name="Ring">The ring of whoever asks.</param>
/// <param name="Stream">Which life of which track.</param>
/// <param name="Numbers">In the publisher's stream.</param>
internal sealed record RelayAgain(RoomId Room, RelayRing Ring, long Stream, IReadOnlyList<SequenceNumber> Numbers) : RelayCommand(Room);

/// <summary>To the worker that has the publisher: the largest of the camera's layers that somebody elsewhere wants; −1 when nobody wants any.</summary>
/// <param name="Room">The class, under the same id on both.</param>
/// <param name="Ring">The ring of whoever asks.</param>
/// <param name="Top">0 for the smallest.</param>
internal sealed record WantLayers(RoomId Room, RelayRing Ring, int Top) : RelayCommand(Room);

/// <summary>One life of one track, as the other worker has to know it.</summary>
/// <param name="Stream">Unique in the room: a track that begins a new stream gets another.</param>
/// <param name="Source">What it shows.</param>
/// <param name="Layer">Which of its source's simulcast layers it is; 0 for the smallest, and for a single stream.</param>
/// <param name="Formats">The formats it may use.</param>
/// <param name="IsOn">Whether the publisher sends it now.</param>
/// <param name="IsHeldBack">Whether it is one of the layers that nobody wants.</param>
internal sealed record RelayedSource(long Stream, TrackSource Source, int Layer, IReadOnlyList<NegotiatedFormat> Formats, bool IsOn, bool IsHeldBack = false);
