using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Media;

/// <summary>Carries what the media workers tell into the class that it is about.</summary>
/// <remarks>The directory is looked up late: it needs the gateway, and the gateway needs this.</remarks>
internal sealed partial class MediaEvents(Lazy<ClassroomDirectory> classes, ILogger<MediaEvents> logger) : IMediaEvents
{
    public void Connected(MediaOwner owner) => LogConnected(owner.Session, owner.Class);

    public void Closed(MediaOwner owner, string reason)
    {
        LogClosed(owner.Session, owner.Class, reason);
        classes.Value.Find(owner.Class)?.Tell(new MediaEnded(owner.Session));
    }

    public void Quality(MediaOwner owner, LinkQuality quality) =>
        classes.Value.Find(owner.Class)?.Hear(owner.Session, quality);

    public void Rung(MediaOwner owner, Rung rung)
    {
        LogRung(owner.Session, owner.Class, rung);
        classes.Value.Find(owner.Class)?.Hear(owner.Session, rung);
    }

    public void LayersWanted(MediaOwner owner, int top)
    {
        LogLayers(owner.Session, owner.Class, top);
        classes.Value.Find(owner.Class)?.HearLayersWanted(owner.Session, top);
    }

    public void Sends(MediaOwner owner, TrackSource source, int layer, string stream, string size) =>
        LogPicture(owner.Session, owner.Class, size, source, layer, stream);

    [LoggerMessage(201, LogLevel.Debug, "Media session {Session} of class {Class} is connected.")]
    private partial void LogConnected(string session, string @class);

    [LoggerMessage(202, LogLevel.Debug, "Media session {Session} of class {Class} ended: {Reason}.")]
    private partial void LogClosed(string session, string @class, string reason);

    [LoggerMessage(203, LogLevel.Debug, "Media session {Session} of class {Class} sends {Size} pixels of {Source}: layer {Layer}, {Stream}.")]
    private partial void LogPicture(string session, string @class, string size, TrackSource source, int layer, string stream);

    [LoggerMessage(205, LogLevel.Debug, "Of the camera of media session {Session} of class {Class} layers up to {Top} are wanted.")]
    private partial void LogLayers(string session, string @class, int top);

    [LoggerMessage(204, LogLevel.Debug, "Media session {Session} of class {Class} is on rung {Rung}.")]
    private partial void LogRung(string session, string @class, Rung rung);
}
