using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Streaming.Tests.Shared.Redis;

/// <summary>A certificate authority of the test's own, and one server certificate for this machine's loopback, as files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("authority-");

    /// <param name="names">The server's names besides 127.0.0.1; by default localhost.</param>
    public TestAuthority(params string[] names)
    {
        var (from, until) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(from, until);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serverRequest = new CertificateRequest("CN=redis", serverKey, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddIpAddress(IPAddress.Loopback);
        foreach (var name in names.Length == 0 ? ["localhost"] : names)
        {
            alternatives.AddDnsName(name);
        }

        serverRequest.CertificateExtensions.Add(alternatives.Build());
        using var server = serverRequest.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(CertificateFile, authority.ExportCertificatePem());
        File.WriteAllText(ServerCertificateFile, server.ExportCertificatePem());
        File.WriteAllText(ServerKeyFile, serverKey.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The authority's certificate (PEM).</summary>
    public string CertificateFile => Path.Combine(_directory.FullName, "authority.pem");

    /// <summary>The server's certificate (PEM).</summary>
    public string ServerCertificateFile => Path.Combine(_directory.FullName, "server.pem");

    /// <summary>The server's key (PEM).</summary>
    public string ServerKeyFile => Path.Combine(_directory.FullName, "server.key");

    public void Dispose() => _directory.Delete(recursive: true);
}
