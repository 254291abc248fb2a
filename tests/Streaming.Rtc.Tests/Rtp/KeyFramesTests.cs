using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class KeyFramesTests
{
    private static readonly Dictionary<Codec, byte[][]> Valid = new()
    {
        [Codec.Opus] = [Bytes("78 0B E4 C1 36")],
        [Codec.Vp8] = [Bytes("90 80 92 34 50 42 00 9D 01 2A 80 02 E0 01"), Bytes("90 E0 92 34 05 20 50 42 00 9D 01 2A"), Bytes("10 B1 02")],
        [Codec.Vp9] = [Bytes("AA 8A 12 00 05 18 02 80 01 E0 01 04 01 82 49 83 42"), Bytes("E8 8A 13 00 05 86 00"), Bytes("08 82 49 83 42")],
        [Codec.H264] =
        [
            Bytes("78 00 04 67 42 C0 1F 00 04 68 CE 3C 80"), Bytes("78 00 02 09 10 00 03 06 05 01 00 04 65 88 84 00"),
            Bytes("7C 85 88 84"), Bytes("65 88 84"),
        ],
        [Codec.Av1] = [Bytes("28 0A 08 00 00 00 04 3C FF BC 80 30"), Bytes("10 30 01")],
    };

    [Theory]
    [InlineData(true, "90 80 92 34 50 42 00 9D 01 2A 80 02 E0 01")] // 15 bits of picture id, the start code of a key frame
    [InlineData(true, "90 E0 92 34 05 20 50 42 00 9D 01 2A")] // with temporal layers
    [InlineData(true, "10 50 42 00 9D 01 2A")] // the one-byte descriptor
    [InlineData(false, "90 80 92 35 B1 02 00")] // an inter frame
    [InlineData(false, "80 80 92 34 50 42 00")] // a later packet of a key frame
    [InlineData(false, "91 80 92 34 50 42 00")] // another partition of it
    [InlineData(false, "90 80 92 34")] // no data
    [InlineData(false, "90")]
    [InlineData(false, "")]
    public void Vp8(bool starts, string payload) => Check(Codec.Vp8, starts, payload);

    [Theory]
    [InlineData(true, "AA 8A 12 00 05 18 02 80 01 E0 01 04 01 82 49 83 42")] // with scalability structure, as browsers send it
    [InlineData(true, "88 8A 12 82 49 83 42")] // no layers
    [InlineData(true, "88 12 82 49 83 42")] // 7 bits of picture id
    [InlineData(true, "08 82 49 83 42")] // no picture id
    [InlineData(true, "A8 8A 12 01 05 82")] // spatial layer 0; D alone does not matter
    [InlineData(false, "A8 8A 12 03 05 82")] // spatial layer 1 of the key picture
    [InlineData(false, "E8 8A 13 00 05 86 00")] // predicted from another picture
    [InlineData(false, "A2 8A 12 00 05 18")] // a later packet of the key picture
    [InlineData(false, "A8 8A 12")] // cut before the layer
    [InlineData(false, "A8 8A")]
    [InlineData(false, "88")]
    [InlineData(false, "08")]
    [InlineData(false, "")]
    public void Vp9(bool starts, string payload) => Check(Codec.Vp9, starts, payload);

    [Theory]
    [InlineData(true, "65 88 84 00")] // an IDR slice in one packet
    [InlineData(true, "67 42 C0 1F")] // sequence parameters alone
    [InlineData(true, "78 00 04 67 42 C0 1F 00 04 68 CE 3C 80")] // parameter sets together
    [InlineData(true, "78 00 02 09 10 00 03 06 05 01 00 04 65 88 84 00")] // an IDR slice behind delimiter and SEI
    [InlineData(true, "7C 85 88 84")] // the first fragment of an IDR slice
    [InlineData(false, "7C 05 88 84")] // a middle one
    [InlineData(false, "7C 45 88 84")] // the last one
    [InlineData(false, "5C 81 9A")] // the first fragment of another slice
    [InlineData(false, "41 9A 26")] // another slice
    [InlineData(false, "68 CE 3C 80")] // picture parameters alone
    [InlineData(false, "06 05 01")] // SEI
    [InlineData(false, "78 00 02 09 10 00 03 06 05 01")] // an aggregation without either
    [InlineData(false, "78 00 09 09 10 65 88")] // a unit longer than the packet
    [InlineData(false, "78 00 00 65 88")] // a unit of nothing
    [InlineData(false, "78 00 02 09 10 00")] // a length cut in half
    [InlineData(false, "78")]
    [InlineData(false, "65")]
    [InlineData(false, "7C")]
    [InlineData(false, "")]
    public void H264(bool starts, string payload) => Check(Codec.H264, starts, payload);

    [Theory]
    [InlineData(true, "28 0A 08 00 00 00 04 3C FF BC 80 30")] // sequence header and frame
    [InlineData(true, "58 08 00 00")] // continued in the next packet
    [InlineData(false, "10 30 01")] // a frame of the sequence
    [InlineData(false, "90 01 02")] // a continued fragment
    [InlineData(false, "98 01 02")] // a fragment that claims to begin a sequence
    [InlineData(false, "18")] // a header alone
    [InlineData(false, "")]
    public void Av1(bool starts, string payload) => Check(Codec.Av1, starts, payload);

    [Theory]
    [InlineData("78 0B E4")]
    [InlineData("")]
    public void OpusStartsAnywhere(string payload) => Check(Codec.Opus, true, payload);

    [Theory]
    [InlineData(Codec.Opus)]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.H264)]
    [InlineData(Codec.Av1)]
    public void RandomAndDamagedPayloadsNeverHurt(Codec codec)
    {
        bool Parse(ReadOnlySpan<byte> input) => KeyFrames.StartsKeyFrame(codec, input);

        // Both answers are reached, or the inputs would prove little; for Opus there is one answer only.
        var most = codec == Codec.Opus ? 100_000 : 99_999;
        Assert.InRange(HostileInputs.FeedRandom(seed: (int)codec, count: 100_000, longest: 40, Parse), 1_000, most);
        Assert.InRange(HostileInputs.FeedMutated(seed: (int)codec, count: 100_000, Valid[codec], Parse), 1_000, most);
    }

    private static void Check(Codec codec, bool starts, string payload)
    {
        using var memory = new GuardedMemory();
        Assert.Equal(starts, KeyFrames.StartsKeyFrame(codec, memory.Copy(Bytes(payload))));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", ""));
}
