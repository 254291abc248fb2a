namespace Streaming.Rtc.Sfu;

/// <summary>How much of a class a viewer's link carries; what lies below comes with it.</summary>
public enum Rung
{
    /// <summary>Nothing: neither sound nor pictures.</summary>
    Text,

    /// <summary>Sound, and of a shared screen what can be fetched as a still now and then.</summary>
    Sound,

    /// <summary>Sound, and the shared screen as stills.</summary>
    Slides,

    /// <summary>Moving pictures: the screen if one is shared, else the camera.</summary>
    Picture,
}
