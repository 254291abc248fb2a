using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sdp;

/// <summary>The identifier that one header extension gets for a whole connection.</summary>
/// <param name="Uri">What it is negotiated by.</param>
/// <param name="Id">1–14; 0 when it is not taken.</param>
internal readonly record struct ExtensionChoice(string Uri, byte Id)
{
    /// <summary>Takes the identifier that the first of some sections gives to an extension which it sends.</summary>
    public static ExtensionChoice Of(string uri, IEnumerable<MediaSection> sections) => new(
        uri, (byte)sections.SelectMany(section => section.Extensions).FirstOrDefault(extension => IsSent(extension, uri)).Id);

    // An identifier means the same in the whole bundle (RFC 8285 §6); a section that says otherwise goes without.
    public bool IsIn(MediaSection section)
    {
        var (uri, id) = (Uri, Id);
        return id != 0 && section.Extensions.Any(extension => extension.Id == id && IsSent(extension, uri));
    }

    /// <summary>What an answer says of it.</summary>
    public ExtensionMap ToMap() => new(Id, null, Uri);

    private static bool IsSent(ExtensionMap extension, string uri) =>
        extension.Uri == uri
        && extension is { Id: <= HeaderExtensionForms.LargestOneByteId, Direction: null or MediaDirection.SendRecv or MediaDirection.SendOnly };
}
