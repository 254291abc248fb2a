using System.Globalization;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>The codecs that are forwarded: their names in SDP, their profiles, and who understands whom.</summary>
internal static class CodecTable
{
    /// <summary>What every browser sends and receives of H.264: constrained baseline, packetization mode 1 (RFC 7742 §6.2).</summary>
    public const string ConstrainedBaseline = "42e0/1";

    /// <summary>The payload type that Opus has inside RED: what every browser calls it.</summary>
    public const byte OpusType = 111;

    private const string RedundantOpus = "111/111";
    private const string OpusParameters = "minptime=10;useinbandfec=1";

    private static readonly (Codec Codec, string Encoding, int Channels)[] Rows =
    [
        (Codec.Vp8, "VP8", 1),
        (Codec.H264, "H264", 1),
        (Codec.Vp9, "VP9", 1),
        (Codec.Av1, "AV1", 1),
        (Codec.Opus, "opus", 2),
        (Codec.Red, "red", 2),
    ];

    // The keys that must agree at both ends (RFC 6184 §8.2.2, RFC 9628 §7, AV1 RTP §7.2.3). Others speak of their writer alone.
    private static readonly string[] H264Keys = ["level-asymmetry-allowed", "packetization-mode", "profile-level-id"];
    private static readonly string[] Vp9Keys = ["profile-id"];
    private static readonly string[] Av1Keys = ["level-idx", "profile", "tier"];

    /// <summary>Whether who negotiated <paramref name="receivable"/> can play what is sent as <paramref name="sent"/>.</summary>
    public static bool Matches(MediaFormat sent, MediaFormat receivable)
    {
        if (sent.Codec != receivable.Codec) return false;
        if (sent.Codec is Codec.Opus or Codec.Vp8 or Codec.Red || sent.Profile == receivable.Profile) return true;

        // Constrained baseline is a subset of all the 42xx profiles; the packetization mode still has to be the same.
        return sent.Codec == Codec.H264
            && sent.Profile is ['4', '2', 'e', '0', '/', var sentMode]
            && receivable.Profile is ['4', '2', _, _, '/', var mode]
            && sentMode == mode;
    }

    /// <summary>What the codec is called in <c>a=rtpmap</c>.</summary>
    public static RtpMap ToRtpMap(MediaFormat format, PayloadType payloadType)
    {
        var row = Array.Find(Rows, row => row.Codec == format.Codec);
        return new RtpMap(payloadType.Value, row.Encoding, format.ClockRate, row.Channels);
    }

    /// <summary>The <c>a=fmtp</c> of a format that nobody offered us; null when it needs none.</summary>
    public static string? ToParameters(MediaFormat format) => (format.Codec, format.Profile) switch
    {
        (Codec.Opus, _) => OpusParameters,
        (Codec.H264, [var a, var b, var c, var d, '/', var mode]) =>
            $"level-asymmetry-allowed=1;packetization-mode={mode};profile-level-id={a}{b}{c}{d}1f",
        (Codec.Red, _) => RedundantOpus,
        (Codec.Vp9, var profile) => $"profile-id={profile}",
        (Codec.Av1, var profile) => $"profile={profile}",
        _ => null,
    };

    /// <summary>Normalises what a section says of one payload type.</summary>
    /// <param name="map">Its <c>a=rtpmap</c>.</param>
    /// <param name="parameters">Its <c>a=fmtp</c>, or empty.</param>
    /// <param name="format">The codec and its profile.</param>
    /// <param name="answer">The <c>a=fmtp</c> of an answer; null for none.</param>
    /// <returns>False when it is no codec of ours, or its profile cannot be read.</returns>
    public static bool TryRead(RtpMap map, FormatParameters parameters, out MediaFormat format, out string? answer)
    {
        (format, answer) = (default, null);
        var row = Array.Find(Rows, row => row.Encoding.Equals(map.Encoding, StringComparison.OrdinalIgnoreCase));
        if (row.Encoding is null) return false;

        format = new MediaFormat(row.Codec, "");
        if (map.ClockRate != format.ClockRate || map.Channels != row.Channels) return false;

        switch (row.Codec)
        {
            case Codec.Opus:
                answer = OpusParameters;
                return true;
            case Codec.Red:
                // What is repeated is Opus under its usual type; a table of others is nothing that we write.
                answer = RedundantOpus;
                return parameters.Text == RedundantOpus;
            case Codec.Vp9:
                answer = parameters.Only(Vp9Keys);
                return TryReadProfile(parameters["profile-id"], largest: 3, ref format);
            case Codec.Av1:
                answer = parameters.Only(Av1Keys);
                return TryReadProfile(parameters["profile"], largest: 2, ref format);
            case Codec.H264:
                answer = parameters.Only(H264Keys);
                return TryReadH264(parameters, ref format);
            default:
                return true;
        }
    }

    /// <summary>Whether this is <c>rtx</c> (RFC 4588 §8.6), and for which payload type.</summary>
    public static bool TryReadRtx(RtpMap map, FormatParameters parameters, out byte protectedType)
    {
        protectedType = 0;
        return map.Encoding.Equals("rtx", StringComparison.OrdinalIgnoreCase)
            && parameters["apt"] is { } apt && SdpSyntax.TryReadPayloadType(apt, out protectedType);
    }

    /// <summary>Low is wanted more. Within one codec, what more watchers can play comes first.</summary>
    public static int Preference(MediaFormat format)
    {
        const int ProfilesPerCodec = 4;
        var profile = format.Profile switch
        {
            "" or "0" or ConstrainedBaseline => 0,
            [.., '/', '1'] => 1,
            "42e0/0" => 2,
            _ => 3,
        };
        return Array.FindIndex(Rows, row => row.Codec == format.Codec) * ProfilesPerCodec + profile;
    }

    private static bool TryReadProfile(string? text, int largest, ref MediaFormat format)
    {
        if (text is null)
        {
            format = format with { Profile = "0" };
            return true;
        }

        if (!SdpSyntax.TryReadNumber(text, 0, largest, out var profile)) return false;
        format = format with { Profile = profile.ToString(CultureInfo.InvariantCulture) };
        return true;
    }

    private static bool TryReadH264(FormatParameters parameters, ref MediaFormat format)
    {
        // RFC 6184 §8.1: without profile-level-id it is baseline, level 1; without packetization-mode it is mode 0.
        var level = parameters["profile-level-id"] ?? "42000a";
        var mode = parameters["packetization-mode"] ?? "0";
        if (level.Length != 6 || !level.All(char.IsAsciiHexDigit) || mode is not ("0" or "1")) return false;

        var constraints = Convert.FromHexString(level.AsSpan(2, 2))[0];
        format = format with { Profile = $"{ProfileOf(level[..2].ToLowerInvariant(), constraints)}/{mode}" };
        return true;
    }

    /// <summary>RFC 6184 table 5: constrained baseline has several spellings; it gets one name here.</summary>
    private static string ProfileOf(string profile, byte constraints) => profile switch
    {
        "42" when (constraints & 0x4F) == 0x40 => "42e0",
        "4d" when (constraints & 0x8F) == 0x80 => "42e0",
        "58" when (constraints & 0xCF) == 0xC0 => "42e0",
        _ => $"{profile}{constraints:x2}",
    };
}
