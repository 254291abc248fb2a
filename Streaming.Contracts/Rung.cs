namespace Streaming.Contracts;

/// <summary>How much of a lesson comes to a device; what lies below comes with it. The chat comes on every rung.</summary>
public enum Rung
{
    /// <summary>No sound: the shared screen as stills, and the chat.</summary>
    Text,

    /// <summary>Sound; of a shared screen a still now and then.</summary>
    Sound,

    /// <summary>Sound, and the shared screen as stills.</summary>
    Slides,

    /// <summary>Moving pictures.</summary>
    Picture,
}
