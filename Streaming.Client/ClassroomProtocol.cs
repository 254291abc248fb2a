namespace Streaming.Client;

/// <summary>How messages to and from the hub are written. What they say is the same.</summary>
public enum ClassroomProtocol
{
    /// <summary>Bytes: about two thirds of the size.</summary>
    MessagePack,

    /// <summary>Text: people can read it on its way.</summary>
    Json,
}
