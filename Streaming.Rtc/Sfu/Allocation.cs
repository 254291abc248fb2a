namespace Streaming.Rtc.Sfu;

/// <summary>How the voice goes to a viewer.</summary>
internal enum VoiceForm
{
    /// <summary>Packet by packet, as the teacher sends it.</summary>
    Full,

    /// <summary>Three frames in one packet: less than half of the overhead, 40 ms later.</summary>
    Thin,
}

/// <summary>What one viewer gets of a class.</summary>
/// <param name="Voice">How the voice goes.</param>
/// <param name="HasScreen">Whether the moving picture of the screen goes; without it a viewer has stills.</param>
/// <param name="CameraLayer">The camera's simulcast layer, 0 for the smallest; −1 for none.</param>
/// <param name="CameraTemporal">Its highest temporal layer.</param>
internal readonly record struct Allocation(VoiceForm Voice, bool HasScreen, int CameraLayer, int CameraTemporal)
{
    /// <summary>Everything that there is.</summary>
    public static Allocation All { get; } = new(VoiceForm.Full, true, int.MaxValue, int.MaxValue) { HasStills = true };

    /// <summary>Whether there is room for stills of the screen beside the voice.</summary>
    public bool HasStills { get; init; }

    /// <summary>As much of it as is wanted.</summary>
    /// <param name="highest">The most that is wanted.</param>
    public Allocation UpTo(Rung highest) => highest == Rung.Picture ? this : this with { HasScreen = false, CameraLayer = -1, CameraTemporal = 0 };
}

/// <summary>One way of sending the camera.</summary>
/// <param name="Layer">Which simulcast layer.</param>
/// <param name="Temporal">Up to which temporal layer.</param>
/// <param name="Bitrate">What it costs, in bit/s on the wire.</param>
internal readonly record struct CameraStep(int Layer, int Temporal, int Bitrate);

/// <summary>What there is to be allocated, in bit/s on the wire.</summary>
internal readonly ref struct Offering
{
    /// <summary>The voice packet by packet.</summary>
    public required int Voice { get; init; }

    /// <summary>The voice with three frames in a packet; 0 when it cannot be had.</summary>
    public required int ThinVoice { get; init; }

    /// <summary>The screen; 0 when there is none.</summary>
    public required int Screen { get; init; }

    /// <summary>The ways of sending the camera, the cheapest first; none when there is no camera.</summary>
    public required ReadOnlySpan<CameraStep> Camera { get; init; }
}
