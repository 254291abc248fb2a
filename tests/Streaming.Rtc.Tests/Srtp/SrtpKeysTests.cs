using Streaming.Rtc.Dtls;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

public sealed class SrtpKeysTests
{
    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm, 56, 12)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, 60, 14)]
    public void ExporterOutputIsCutAsRfc5764Says(SrtpProfile profile, int length, int salt)
    {
        byte[] material = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        var client = SrtpKeys.FromExporter(profile, material, DtlsRole.Client);
        var server = SrtpKeys.FromExporter(profile, material, DtlsRole.Server);

        Assert.Equal(material[..16], client.LocalKey.ToArray());
        Assert.Equal(material[16..32], client.RemoteKey.ToArray());
        Assert.Equal(material[32..(32 + salt)], client.LocalSalt.ToArray());
        Assert.Equal(material[(32 + salt)..], client.RemoteSalt.ToArray());
        Assert.Equal(client.LocalKey.ToArray(), server.RemoteKey.ToArray());
        Assert.Equal(client.LocalSalt.ToArray(), server.RemoteSalt.ToArray());
        Assert.Equal(client.RemoteKey.ToArray(), server.LocalKey.ToArray());
        Assert.Equal(client.RemoteSalt.ToArray(), server.LocalSalt.ToArray());
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm, 60)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, 56)]
    public void MaterialOfTheWrongLengthIsRefused(SrtpProfile profile, int length) =>
        Assert.Throws<ArgumentException>(() => SrtpKeys.FromExporter(profile, new byte[length], DtlsRole.Client));

    // RFC 3711 appendix B.3.
    [Theory]
    [InlineData(0, "C61E7A93744F39EE10734AFE3FF7A087")]
    [InlineData(2, "30CBBC08863D8C85D49DB34A9AE1")]
    [InlineData(1, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF7227098"
        + "6371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2")]
    public void KeysAreDerivedAsInRfc3711(byte label, string expected)
    {
        var output = new byte[expected.Length / 2];
        SrtpKeyDerivation.Derive(
            Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139"),
            Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6"),
            (SrtpKeyLabel)label,
            output);
        Assert.Equal(expected, Convert.ToHexString(output));
    }

    [Fact]
    public void AShortSaltCountsAsFollowedByZeros()
    {
        var key = Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139");
        var (shorter, longer) = (new byte[16], new byte[16]);
        SrtpKeyDerivation.Derive(key, Convert.FromHexString("0EC675AD498AFEEBB6960B3A"), SrtpKeyLabel.RtcpSalt, shorter);
        SrtpKeyDerivation.Derive(key, Convert.FromHexString("0EC675AD498AFEEBB6960B3A0000"), SrtpKeyLabel.RtcpSalt, longer);
        Assert.Equal(longer, shorter);
    }
}
