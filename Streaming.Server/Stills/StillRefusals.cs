using Streaming.Contracts;
using Streaming.Server.Http;

namespace Streaming.Server.Stills;

/// <summary>Why a still is not taken, or not given.</summary>
internal static class StillRefusals
{
    public static readonly Refusal TooLarge = new(
        ProblemCodes.StillTooLarge, $"A still has at most {Still.MaxBytes} bytes, and {Still.MaxSide} pixels on its longer side.");

    public static readonly Refusal NoPicture = new(ProblemCodes.MediaTypeUnsupported, "Send a still as image/webp or image/jpeg, and let it be one.");
    public static readonly Refusal NotFound = new(ProblemCodes.StillNotFound, "There is no such still, or it is too old.");
    public static readonly Refusal NoScreen = new(ProblemCodes.ScreenNotShared, "Stills are taken while the screen is among the lesson's sources.");
    public static readonly Refusal TooSoon = new(HubErrors.Busy, "The former still has only just come; send the next one later.");
    public static readonly Refusal Pace = new(HubErrors.BadRequest, "pace is a number of kbit/s, from 8 to 1000.");
}
