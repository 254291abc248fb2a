using Streaming.Contracts;

namespace Streaming.Server;

/// <summary>Why something that was asked for is not done.</summary>
/// <param name="Code">A stable code: of <see cref="HubErrors"/>, or of <see cref="Http.ProblemCodes"/> at HTTP doors.</param>
/// <param name="Sentence">One plain sentence for people, which may change.</param>
internal sealed record Refusal(string Code, string Sentence)
{
    public static readonly Refusal NotJoined = new(HubErrors.NotJoined, "Join the class first.");
    public static readonly Refusal TeacherOnly = new(HubErrors.TeacherOnly, "Only the teacher may do that.");
    public static readonly Refusal TeacherPresent = new(HubErrors.TeacherPresent, "Another teacher holds this class.");
    public static readonly Refusal ClassFull = new(HubErrors.ClassFull, "There is no seat left.");
    public static readonly Refusal TooManyDevices = new(HubErrors.TooManyDevices, "This member is here with too many devices; leave with one of them first.");
    public static readonly Refusal InspectorIsSilent = new(HubErrors.InspectorIsSilent, "Inspectors watch; they write nothing.");
    public static readonly Refusal LessonNotLive = new(HubErrors.LessonNotLive, "The lesson is not running.");
    public static readonly Refusal SessionNotFound = new(HubErrors.SessionNotFound, "There is no such media session.");
    public static readonly Refusal ClassOccupied = new(Http.ProblemCodes.ClassOccupied, "Somebody is in the class; records are erased when it is empty.");
    public static readonly Refusal CheckInOpen = new(HubErrors.CheckInOpen, "A check-in is open; close it first.");
    public static readonly Refusal CheckInClosed = new(HubErrors.CheckInClosed, "That check-in takes no more answers.");
    public static readonly Refusal SdpTooLarge = new(HubErrors.SdpTooLarge, $"An offer has at most {MediaOffer.MaxSdpLength} characters.");
    public static readonly Refusal SdpMissing = new(HubErrors.SdpInvalid, "The offer is empty.");
    public static readonly Refusal SdpBroken = new(HubErrors.SdpInvalid, "The offer is not compressed as its Content-Encoding says.");
    public static readonly Refusal Busy = new(HubErrors.Busy, "The class has more to do than it can keep up with; try again in a moment.");
    public static readonly Refusal ServerError = new(HubErrors.ServerError, "The server failed; its log says how.");
    public static readonly Refusal WrongClass = new(HubErrors.WrongClass, "This ticket opens another class.");
    public static readonly Refusal ClassNotFound = new(HubErrors.ClassNotFound, $"No class has such an id: it is {Ids.Rule}.");
    public static readonly Refusal TicketMissing = new(HubErrors.TicketMissing, "Send a ticket: Authorization: Bearer <ticket>.");
    public static readonly Refusal TicketInvalid = new(HubErrors.TicketInvalid, "This ticket is not one of this server's.");
    public static readonly Refusal TicketExpired = new(HubErrors.TicketExpired, "This ticket's time is over; ask for a new one.");
}
