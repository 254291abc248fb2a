using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sdp;

/// <summary>The identifier that one header extension gets for a whole connection.</summary>
/// <param name="Uri">What it is negotiated by.</param>
/// <param name="Way">The way that it is wanted, as the offerer says it: <c>sendonly</c> of who publishes, <c>recvonly</c> of who watches.</param>
/// <param name="Id">1–14; 0 when it is not taken.</param>
internal readonly record struct ExtensionChoice(string Uri, MediaDirection Way, byte Id)
{
    /// <summary>Takes the identifier that the first of some sections gives to an extension which goes that way.</summary>
    public static ExtensionChoice Of(string uri, MediaDirection way, IEnumerable<MediaSection> sections)
    {
        var wanted = new ExtensionChoice(uri, way, 0);
        return wanted with { Id = (byte)sections.SelectMany(section => section.Extensions).FirstOrDefault(wanted.Names).Id };
    }

    /// <summary>Takes the transport number where the feedback for it is offered, too: numbers that nobody tells of would only cost.</summary>
    public static ExtensionChoice OfTransportNumber(MediaDirection way, IEnumerable<OfferedSection> sections) =>
        Of(HeaderExtensionUris.TransportCc, way, sections.Where(OffersTransportFeedback).Select(section => section.Media));

    // An identifier means the same in the whole bundle (RFC 8285 §6); a section that says otherwise goes without.
    public bool IsIn(MediaSection section)
    {
        var choice = this;
        return Id != 0 && section.Extensions.Any(extension => extension.Id == choice.Id && choice.Names(extension));
    }

    /// <summary>Whether a section takes part in transport-wide feedback by this number.</summary>
    public bool Numbers(OfferedSection section) => IsIn(section.Media) && OffersTransportFeedback(section);

    /// <summary>What an answer says of it.</summary>
    public ExtensionMap ToMap() => new(Id, null, Uri);

    /// <summary>What an answer says of the feedback.</summary>
    public static IEnumerable<RtcpFeedback> TransportFeedbackOf(OfferedSection section) =>
        Told(section).Select(type => new RtcpFeedback(type, AnswerSections.TransportFeedback));

    private static bool OffersTransportFeedback(OfferedSection section) => Told(section).All(type => section.Media.Feedback.Any(feedback =>
        feedback.Value == AnswerSections.TransportFeedback && (feedback.PayloadType is null || feedback.PayloadType == type)));

    // Browsers name the feedback of what RED carries, not of RED itself.
    private static IEnumerable<byte> Told(OfferedSection section) => section.Formats
        .Where(format => format.Negotiated.Format.Codec != Codec.Red)
        .Select(format => format.Negotiated.PayloadType.Value);

    private bool Names(ExtensionMap extension) =>
        extension.Uri == Uri
        && extension.Id <= HeaderExtensionForms.LargestOneByteId
        && (extension.Direction is null or MediaDirection.SendRecv || extension.Direction == Way);
}
