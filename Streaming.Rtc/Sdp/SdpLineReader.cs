using System.Diagnostics.CodeAnalysis;

namespace Streaming.Rtc.Sdp;

/// <summary>Takes the lines of one description in turn: which line may stand where, and how many.</summary>
internal sealed class SdpLineReader
{
    private const int OriginFields = 6;

    private readonly SectionDraft _session = new();
    private readonly List<SectionDraft> _media = [];
    private readonly HashSet<string> _mids = new(StringComparer.Ordinal);
    private string _origin = "";
    private string _name = "";
    private bool _hasTimes;
    private int _lines;

    private SectionDraft Current => _media.Count > 0 ? _media[^1] : _session;

    /// <summary>Takes the next line, without its end. Null when it is right.</summary>
    public SdpRefusal? Add(ReadOnlySpan<char> line, int number)
    {
        _lines = number;
        if (line is not [>= 'a' and <= 'z', '=', ..])
            return Wrong(line, "a line is one small letter, \"=\" and a value, such as a=mid:0");
        if (line.ContainsAnyInRange('\0', '\x1f') || line.Contains('\x7f'))
            return Wrong(line, "a line has no control characters; write lines that end in CRLF and hold plain text");

        var value = line[2..];
        return (number, line[0]) switch
        {
            (1, 'v') when value is "0" => null,
            (1, _) => Wrong(line, "a description begins with v=0"),
            (2, 'o') => ReadOrigin(line, value),
            (2, _) => Wrong(line, "the second line is the origin, such as o=- 1 1 IN IP4 127.0.0.1"),
            (3, 's') => ReadName(value),
            (3, _) => Wrong(line, "the third line is the session's name, such as s=-"),
            (_, 'm') => ReadMedia(line, value),
            (_, 'a') => ReadAttribute(line, value),
            (_, 'c') => ReadConnection(value),
            (_, 'i' or 'b' or 'k') => null,
            (_, 't') when Current.IsSession => ReadTimes(),
            (_, 'u' or 'e' or 'p' or 'r' or 'z') when Current.IsSession => null,
            _ when Current.IsSession => Wrong(line, "above the first m= stand only i u e p c b t r z k a lines"),
            _ => Wrong(line, "after an m= stand only i c b k a lines"),
        };
    }

    public bool TryFinish([NotNullWhen(true)] out SessionDescription? description, [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        description = null;
        refusal = _lines < 3 || !_hasTimes
            ? SdpRefusal.Invalid($"The SDP ends at line {_lines} without t=0 0; it begins with the lines v=0, o=…, s=- and t=0 0.")
            : null;
        if (refusal is not null) return false;

        description = new SessionDescription
        {
            Origin = _origin,
            Name = _name,
            Bundle = _session.Bundle ?? [],
            IceLite = _session.IceLite,
            Transport = _session.ToTransport(),
            OtherAttributes = _session.Others,
            Media = [.. _media.Select(draft => draft.ToMedia(_session.Direction))],
        };
        return true;
    }

    private SdpRefusal? ReadOrigin(ReadOnlySpan<char> line, ReadOnlySpan<char> value)
    {
        _origin = value.ToString();
        return _origin.Split(' ').Length == OriginFields ? null : Wrong(line, "an origin has six fields, such as o=- 1 1 IN IP4 127.0.0.1");
    }

    private SdpRefusal? ReadName(ReadOnlySpan<char> value)
    {
        _name = value.ToString();
        return null;
    }

    private SdpRefusal? ReadTimes()
    {
        _hasTimes = true;
        return null;
    }

    private SdpRefusal? ReadConnection(ReadOnlySpan<char> value)
    {
        Current.Connection = value.ToString();
        return null;
    }

    private SdpRefusal? ReadMedia(ReadOnlySpan<char> line, ReadOnlySpan<char> value)
    {
        const string Right = "a section begins like m=video 9 UDP/TLS/RTP/SAVPF 96 97, each payload type (0 to 127) once";
        if (_media.Count == SdpParser.MaxMediaSections)
            return SdpRefusal.TooLarge($"Line {_lines}: the SDP has more than {SdpParser.MaxMediaSections} m= sections; no more are read.");

        var fields = value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not [var kind, var ports, var protocol, .. { Length: > 0 } formats]
            || !SdpSyntax.IsToken(kind)
            || !SdpSyntax.TryReadNumber(ports.Split('/')[0], 0, ushort.MaxValue, out var port)
            || !SdpSyntax.IsProtocol(protocol)) return Wrong(line, Right);

        var draft = new SectionDraft { Kind = kind, Port = port, Protocol = protocol };
        foreach (var format in formats)
        {
            if (!MediaSection.IsRtpProtocol(protocol) && SdpSyntax.IsToken(format)) draft.Formats.Add(format);
            else if (SdpSyntax.TryReadPayloadType(format, out var payloadType) && !draft.PayloadTypes.Contains(payloadType))
                draft.PayloadTypes.Add(payloadType);
            else return Wrong(line, Right);
        }

        _media.Add(draft);
        return null;
    }

    private SdpRefusal? ReadAttribute(ReadOnlySpan<char> line, ReadOnlySpan<char> value)
    {
        if (++Current.Attributes > SdpParser.MaxAttributes)
            return SdpRefusal.TooLarge($"Line {_lines}: the section has more than {SdpParser.MaxAttributes} a= lines; no more are read.");

        var colon = value.IndexOf(':');
        var name = (colon < 0 ? value : value[..colon]).ToString();
        if (!SdpSyntax.IsToken(name)) return Wrong(line, "an attribute is a=name or a=name:value, such as a=rtcp-mux");

        var example = SdpAttributeReader.Read(Current, name, colon < 0 ? "" : value[(colon + 1)..].ToString());
        if (example is not null) return Wrong(line, $"write it like {example}");
        return name == "mid" && Current.Mid is { } mid && !_mids.Add(mid)
            ? Wrong(line, "this mid was given before; give each section its own")
            : null;
    }

    private SdpRefusal Wrong(ReadOnlySpan<char> line, string right) =>
        SdpRefusal.Invalid($"Line {_lines} is {SdpSyntax.Quote(line)}, but {right}.");
}
