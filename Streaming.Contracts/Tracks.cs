namespace Streaming.Contracts;

/// <summary>What a track shows. A watcher's slots are in this order and never change.</summary>
public enum TrackSource
{
    /// <summary>The teacher's voice.</summary>
    Voice,

    /// <summary>The teacher's camera.</summary>
    Camera,

    /// <summary>The teacher's screen.</summary>
    Screen,
}
