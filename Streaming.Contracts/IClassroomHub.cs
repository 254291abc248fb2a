namespace Streaming.Contracts;

/// <summary>What a client may ask of <c>/hubs/classroom</c>. Every refusal is a hub error with a code of <see cref="HubErrors"/>.</summary>
public interface IClassroomHub
{
    /// <summary>The path of the hub.</summary>
    const string Path = "/hubs/classroom";

    /// <summary>Takes the seat of the connection's ticket. The first call on every connection.</summary>
    /// <remarks>Changes may arrive before the reply does: keep them, and apply those above the reply's version.</remarks>
    Task<JoinReply> Join(JoinRequest request);

    /// <summary>Leaves at once, without the grace that a dropped connection has.</summary>
    Task Leave();

    /// <summary>The whole class; for a client that missed a change.</summary>
    Task<ClassroomSnapshot> Snapshot();

    /// <summary>Starts the lesson. Teacher only; starting a live lesson is no error.</summary>
    Task StartLesson();

    /// <summary>Ends the lesson. Teacher only; ending an ended lesson is no error.</summary>
    Task EndLesson();

    /// <summary>Opens the teacher's publishing connection; a former one of the same teacher is closed.</summary>
    Task<MediaAnswer> Publish(MediaOffer offer);

    /// <summary>Says which sources the publisher sends now. Teacher only.</summary>
    Task SetSources(IReadOnlyList<TrackSource> sources);

    /// <summary>Opens this device's watching connection; a former one of the same device is closed.</summary>
    Task<MediaAnswer> Watch(MediaOffer offer);

    /// <summary>Says how much of the lesson this device wants at most, until it says otherwise. Its link may carry less.</summary>
    Task LimitRung(Rung highest);

    /// <summary>Raises the caller's hand in a live lesson; raising a raised hand changes nothing. The lesson's end lowers all hands.</summary>
    Task RaiseHand();

    /// <summary>Lowers the caller's hand, or as teacher that of <paramref name="member"/>.</summary>
    Task LowerHand(string? member);

    /// <summary>Says a line to the class: 1 to <see cref="ChatLine.MaxLength"/> characters of text, at most 5 lines in 10 s.</summary>
    Task Say(string text);

    /// <summary>Tells what this device shows and plays. Students only count it; from others it is no error.</summary>
    Task Report(DeviceReport report);

    /// <summary>Asks all students whether they are there, in a live lesson. Teacher only; one check-in is open at a time.</summary>
    /// <param name="seconds">The window, <see cref="CheckIn.LeastSeconds"/> to <see cref="CheckIn.MostSeconds"/>; null for 60.</param>
    Task<CheckIn> AskCheckIn(int? seconds);

    /// <summary>Closes the open check-in before its time. Teacher only; without an open one it is no error.</summary>
    Task CloseCheckIn();

    /// <summary>Answers the open check-in: I am here. Answering twice changes nothing.</summary>
    Task AnswerCheckIn(long id);
}

/// <summary>What the hub may tell a client.</summary>
public interface IClassroomClient
{
    /// <summary>The class changed; versions follow each other without a gap.</summary>
    Task Changed(ClassroomChange change);

    /// <summary>Somebody said a line.</summary>
    Task Said(ChatLine line);

    /// <summary>How students receive; to teachers and inspectors.</summary>
    Task Quality(IReadOnlyList<ViewerQuality> changed);

    /// <summary>How students stand to the class; to teachers and inspectors, at most 4 a second.</summary>
    Task Presence(IReadOnlyList<MemberPresence> changed);

    /// <summary>How the open check-in goes; to teachers and inspectors, at most 4 a second.</summary>
    Task CheckInProgress(CheckInProgress progress);

    /// <summary>How much of the lesson comes to this device now; to that device alone. <see cref="Contracts.Rung.Picture"/> until it is told.</summary>
    Task Rung(Rung rung);

    /// <summary>Whether somebody in the class lives on stills; to teachers. False after each <see cref="IClassroomHub.Join"/> until it is told.</summary>
    Task StillsWanted(bool wanted);

    /// <summary>Which of the camera's layers somebody sees; to the device that sends the lesson.</summary>
    Task LayersWanted(LayersWanted wanted);

    /// <summary>A media session ended on the server: open another one when it is still wanted.</summary>
    Task MediaClosed(string session);

    /// <summary>This connection's seat was taken over or taken away; do not come back by yourself.</summary>
    /// <param name="code">A code of <see cref="HubErrors"/>.</param>
    Task Dismissed(string code);
}
