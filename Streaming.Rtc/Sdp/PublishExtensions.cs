using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>The header extensions that are taken of a publisher, and what stands or falls with them.</summary>
/// <param name="Mid">The media section.</param>
/// <param name="Rid">The simulcast layer.</param>
/// <param name="RepairedRid">The layer that a retransmission repairs.</param>
/// <param name="TransportNumber">The number over all streams; only where the feedback for it is offered, too.</param>
internal sealed record PublishExtensions(ExtensionChoice Mid, ExtensionChoice Rid, ExtensionChoice RepairedRid, ExtensionChoice TransportNumber)
{
    private const MediaDirection Way = MediaDirection.SendOnly;

    public static PublishExtensions Choose(OfferReader reading)
    {
        OfferedSection[] accepted = [.. reading.Sections.Where(section => section.IsAccepted)];
        MediaSection[] media = [.. accepted.Select(section => section.Media)];
        return new PublishExtensions(
            ExtensionChoice.Of(HeaderExtensionUris.Mid, Way, media),
            ExtensionChoice.Of(HeaderExtensionUris.Rid, Way, media),
            ExtensionChoice.Of(HeaderExtensionUris.RepairedRid, Way, media),
            ExtensionChoice.OfTransportNumber(Way, accepted));
    }

    /// <summary>Whether the simulcast layers of a section, and what repairs them, can be told apart.</summary>
    public bool Tell(MediaSection section, NegotiatedFormat format) =>
        Rid.IsIn(section) && (format.Retransmission is null || RepairedRid.IsIn(section));

    /// <summary>Adds to the answer of a section what it takes of them.</summary>
    public MediaSection Answer(OfferedSection section, MediaSection answered, bool isSimulcast)
    {
        var isNumbered = TransportNumber.Numbers(section);
        ExtensionChoice[] layers = isSimulcast ? [Rid, RepairedRid] : [];
        ExtensionChoice[] numbers = isNumbered ? [TransportNumber] : [];
        RtcpFeedback[] feedback = isNumbered ? [.. ExtensionChoice.TransportFeedbackOf(section)] : [];
        return answered with
        {
            Extensions = [.. numbers.Concat([Mid, .. layers]).Where(choice => choice.IsIn(section.Media)).Select(choice => choice.ToMap())],

            // Who is told of each packet judges the way by itself; a bitrate of ours beside it would only hold it back.
            Feedback = [.. answered.Feedback.Where(kept => TransportNumber.Id == 0 || kept.Value != AnswerSections.BitrateFeedback), .. feedback],
        };
    }
}
