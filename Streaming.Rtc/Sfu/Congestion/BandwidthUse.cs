namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>What the delays say of the path (draft-ietf-rmcat-gcc-02 §5.4).</summary>
public enum BandwidthUse
{
    /// <summary>Queues neither grow nor shrink.</summary>
    Normal,

    /// <summary>A queue grows: more is sent than passes.</summary>
    OverUse,

    /// <summary>A queue drains.</summary>
    UnderUse,
}
