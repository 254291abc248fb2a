namespace Streaming.Rtc.Rtcp;

/// <summary>The kinds of RTCP packet that mean something here; all others are skipped.</summary>
internal enum RtcpKind
{
    /// <summary>A kind that is not read.</summary>
    Unknown = 0,

    /// <summary>Sender report, type 200 (RFC 3550 §6.4.1).</summary>
    SenderReport,

    /// <summary>Receiver report, type 201 (RFC 3550 §6.4.2).</summary>
    ReceiverReport,

    /// <summary>Source description, type 202 (RFC 3550 §6.5).</summary>
    SourceDescription,

    /// <summary>Goodbye, type 203 (RFC 3550 §6.6).</summary>
    Bye,

    /// <summary>Generic negative acknowledgement, type 205 format 1 (RFC 4585 §6.2.1).</summary>
    Nack,

    /// <summary>Picture loss indication, type 206 format 1 (RFC 4585 §6.3.1).</summary>
    Pli,

    /// <summary>Full intra request, type 206 format 4 (RFC 5104 §4.3.1).</summary>
    Fir,

    /// <summary>Receiver estimated maximum bitrate, type 206 format 15 "REMB" (draft-alvestrand-rmcat-remb-03).</summary>
    Remb,

    /// <summary>Transport-wide feedback, type 205 format 15 (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).</summary>
    TransportFeedback,
}

/// <summary>The numbers of the wire format, shared by reader and writer.</summary>
internal static class RtcpFormat
{
    public const int HeaderLength = 4;
    public const int SsrcLength = 4;
    public const int SenderInfoLength = 20;
    public const int ReportBlockLength = 24;

    /// <summary>Bytes of the sender's and the media's SSRC, which open every feedback packet (RFC 4585 §6.1).</summary>
    public const int FeedbackSourcesLength = 8;

    public const int NackEntryLength = 4;
    public const int FirEntryLength = 8;

    /// <summary>Bytes of "REMB", the count of SSRCs, and the bitrate.</summary>
    public const int RembFixedLength = 8;

    /// <summary>The most that the five bits for reports, sources or chunks can count.</summary>
    public const int LargestCount = 31;

    public const byte SenderReportType = 200;
    public const byte ReceiverReportType = 201;
    public const byte SourceDescriptionType = 202;
    public const byte ByeType = 203;
    public const byte TransportFeedbackType = 205;
    public const byte PayloadFeedbackType = 206;

    public const int NackFormat = 1;
    public const int PliFormat = 1;
    public const int FirFormat = 4;
    public const int ApplicationFormat = 15;
    public const int TransportWideFormat = 15;

    public const byte CanonicalNameItem = 1;

    /// <summary>"REMB" in ASCII.</summary>
    public const uint RembIdentifier = 0x52454D42;

    /// <summary>Bits of a REMB's mantissa.</summary>
    public const int RembMantissaBits = 18;
}
