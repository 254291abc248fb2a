namespace Streaming.Server.Http;

/// <summary>Codes of problems that only HTTP doors have; the others are in <see cref="Contracts.HubErrors"/>.</summary>
internal static class ProblemCodes
{
    /// <summary>The admin key was not sent.</summary>
    public const string AdminKeyMissing = "admin_key_missing";

    /// <summary>What was sent is not the admin key.</summary>
    public const string AdminKeyInvalid = "admin_key_invalid";

    /// <summary>The body is of another type, or compressed in another way, than this address takes; the sentence says which it takes.</summary>
    public const string MediaTypeUnsupported = "media_type_unsupported";

    /// <summary>The address knows other methods; <c>Allow</c> lists them.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>Somebody is in the class.</summary>
    public const string ClassOccupied = "class_occupied";

    /// <summary>The class had no such lesson.</summary>
    public const string LessonNotFound = "lesson_not_found";

    /// <summary>That is the school office's to do.</summary>
    public const string OfficeOnly = "office_only";

    /// <summary>The still has too many bytes or pixels.</summary>
    public const string StillTooLarge = "still_too_large";

    /// <summary>The class has no such still, or no longer.</summary>
    public const string StillNotFound = "still_not_found";

    /// <summary>No screen is shared, so there is nothing to be a still of.</summary>
    public const string ScreenNotShared = "screen_not_shared";

    /// <summary>The list of students has errors; <c>errors</c> names them by line.</summary>
    public const string RollInvalid = "roll_invalid";

    /// <summary>The list of students is too long.</summary>
    public const string RollTooLarge = "roll_too_large";

    /// <summary>Nothing is here.</summary>
    public const string NotFound = "not_found";

    /// <summary>Another refusal of the framework; the status says which.</summary>
    public const string HttpError = "http_error";
}
