using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>
/// Answers who wants to receive: the first audio section gets the voice; of two video sections the first gets the camera and the second
/// the screen; a single video section gets the screen while there is one, else the camera.
/// </summary>
/// <remarks>
/// Pure but for the SSRCs. Every codec that the offer has and we forward is accepted, so that whatever a publisher sends later can be
/// played without another negotiation.
/// </remarks>
public static class WatchAnswer
{
    // Voice and camera share a stream, so that browsers keep lips in step with the sound.
    private const string LessonStream = "lesson";

    private const string ScreenStream = "screen";

    /// <summary>Answers the text of an offer.</summary>
    /// <inheritdoc
    ///   cref="TryMake(SessionDescription, LocalDescription, string, Func{uint}, out string, out WatchParameters, out SdpRefusal)"/>
    public static bool TryMake(
        string offer,
        LocalDescription local,
        string canonicalName,
        Func<uint>? random,
        [NotNullWhen(true)] out string? answer,
        [NotNullWhen(true)] out WatchParameters? parameters,
        [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        (answer, parameters) = (null, null);
        return SdpParser.TryRead(offer, out var description, out refusal)
            && TryMake(description, local, canonicalName, random, out answer, out parameters, out refusal);
    }

    /// <summary>Answers an offer.</summary>
    /// <param name="offer">The browser's offer; its candidates are not read, we learn its address from its checks.</param>
    /// <param name="local">Our end, with all its candidates.</param>
    /// <param name="canonicalName">The RTCP CNAME of all that we send (RFC 7022): letters, digits and signs without spaces.</param>
    /// <param name="random">Where SSRCs come from; null for the system's random numbers.</param>
    /// <param name="answer">The SDP answer.</param>
    /// <param name="parameters">What was negotiated.</param>
    /// <param name="refusal">Why there is no answer.</param>
    /// <returns>False when the offer is refused as a whole.</returns>
    public static bool TryMake(
        SessionDescription offer,
        LocalDescription local,
        string canonicalName,
        Func<uint>? random,
        [NotNullWhen(true)] out string? answer,
        [NotNullWhen(true)] out WatchParameters? parameters,
        [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        (answer, parameters) = (null, null);
        if (!OfferReader.TryRead(offer, OfferPurpose.Watch, out var reading, out refusal)) return false;

        var numbers = ExtensionChoice.OfTransportNumber(MediaDirection.RecvOnly, reading.Sections.Where(section => section.IsAccepted));
        var taken = new HashSet<uint> { 0 };
        var media = new List<MediaSection>(reading.Sections.Count);
        var slots = new List<WatchSlot>();
        foreach (var section in reading.Sections)
        {
            if (!section.IsAccepted)
            {
                media.Add(AnswerSections.Rejected(section.Media));
                continue;
            }

            var slot = MakeSlot(section, numbers, () => NextSsrc(random ?? SystemRandom, taken));
            var answered = AnswerSections.Accepted(section, MediaDirection.SendOnly, local, reading.Peer.AnsweredSetup, isTagged: slots.Count == 0);
            media.Add(Identify(slot.IsNumbered ? Number(answered, section, numbers) : answered, slot, canonicalName));
            slots.Add(slot);
        }

        answer = SdpWriter.Write(AnswerSections.Session(local, media));
        parameters = new WatchParameters(
            reading.Peer.ToParameters(local), canonicalName, slots, numbers.Id);
        return true;
    }

    private static MediaSection Number(MediaSection media, OfferedSection section, ExtensionChoice numbers) => media with
    {
        Extensions = [.. media.Extensions, numbers.ToMap()],
        Feedback = [.. media.Feedback, .. ExtensionChoice.TransportFeedbackOf(section)],
    };

    private static WatchSlot MakeSlot(OfferedSection section, ExtensionChoice numbers, Func<Ssrc> next)
    {
        NegotiatedFormat[] formats = [.. section.Formats.Select(format => format.Negotiated)];
        var hasRetransmission = Array.Exists(formats, format => format.Retransmission is not null);
        return new WatchSlot(section.Media.Mid!, section.Sources, formats, next(), hasRetransmission ? next() : null,
            numbers.Numbers(section));
    }

    private static MediaSection Identify(MediaSection media, WatchSlot slot, string canonicalName)
    {
        var msid = slot.Sources switch
        {
            [TrackSource.Voice] => $"{LessonStream} voice",
            [TrackSource.Screen] => $"{ScreenStream} screen",
            [TrackSource.Camera] => $"{LessonStream} camera",
            _ => $"{LessonStream} picture",
        };
        Ssrc[] ssrcs = slot.RetransmissionSsrc is { } rtx ? [slot.Ssrc, rtx] : [slot.Ssrc];
        return media with
        {
            Msids = [msid],
            SsrcGroups = ssrcs.Length > 1 ? [new SsrcGroup("FID", [.. ssrcs.Select(ssrc => ssrc.Value)])] : [],
            Ssrcs = [.. ssrcs.SelectMany(ssrc => Attributes(ssrc, $"cname:{canonicalName}", $"msid:{msid}"))],
        };
    }

    private static IEnumerable<SsrcAttribute> Attributes(Ssrc ssrc, params string[] attributes) =>
        attributes.Select(attribute => new SsrcAttribute(ssrc.Value, attribute));

    // A number that is taken is replaced by the next free one, so that no source of numbers can hold us up.
    private static Ssrc NextSsrc(Func<uint> random, HashSet<uint> taken)
    {
        var value = random();
        while (!taken.Add(value)) value = unchecked(value + 1);
        return new Ssrc(value);
    }

    private static uint SystemRandom()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
