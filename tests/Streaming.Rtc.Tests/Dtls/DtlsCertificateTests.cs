using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Tests.Dtls;

public sealed class DtlsCertificateTests
{
    [Fact]
    public void EveryCertificateHasItsOwnFingerprintOf32Bytes()
    {
        using var first = DtlsCertificate.Generate();
        using var second = DtlsCertificate.Generate();
        Assert.Equal(32, first.Fingerprint.Length);
        Assert.False(first.Fingerprint.Span.SequenceEqual(second.Fingerprint.Span));
    }

    [Fact]
    public void AssociationsOutliveTheCertificateTheyWereMadeWith()
    {
        var certificate = DtlsCertificate.Generate();
        var fingerprint = certificate.Fingerprint;
        using var server = new DtlsTransport(certificate, DtlsRole.Server, DtlsLink.ClientCertificate.Fingerprint);
        using var client = new DtlsTransport(DtlsLink.ClientCertificate, DtlsRole.Client, fingerprint);
        certificate.Dispose();
        certificate.Dispose();

        var (now, buffer) = (default(Instant), new byte[1_500]);
        client.Start(now);
        for (var flight = 0; flight < 2; flight++)
        {
            while (client.TryTakeOutgoing(buffer, out var length))
                server.Receive(now, buffer.AsSpan(0, length));
            while (server.TryTakeOutgoing(buffer, out var length))
                client.Receive(now, buffer.AsSpan(0, length));
        }

        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (server.State, client.State));
        Assert.Throws<ObjectDisposedException>(() => new DtlsTransport(certificate, DtlsRole.Server, fingerprint));
    }

    [Fact]
    public void AMissingLibraryIsNamedWithThePackageThatHasIt()
    {
        var error = Assert.Throws<DllNotFoundException>(() => OpenSsl.RequireLibrary("libssl.so.none"));
        Assert.Contains("libssl.so.none", error.Message, StringComparison.Ordinal);
        Assert.Contains("libssl3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatOpenSslRefusesIsToldWithItsReason()
    {
        var error = Assert.Throws<System.Security.Cryptography.CryptographicException>(() => DtlsContext.Create([1, 2, 3], [4, 5, 6]));
        Assert.Contains("SSL_CTX_use_certificate_ASN1", error.Message, StringComparison.Ordinal);
        Assert.Contains("asn1", error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
