using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Streaming.Server.Stores.Redis;

/// <summary>Trust in the servers of an operator's own certificate authority.</summary>
internal static class RedisTrust
{
    /// <summary>What is wrong with a file of authorities; null when it can be used.</summary>
    public static string? Problem(string path)
    {
        try
        {
            return Load(path).Count > 0 ? null : "It has no certificate in PEM form.";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return failure is FileNotFoundException or DirectoryNotFoundException ? "It is not there." : "It cannot be read.";
        }
    }

    /// <summary>Trusts what these authorities have signed, and nothing else. The name on the certificate must be the server's, too.</summary>
    /// <param name="path">Certificates in PEM form.</param>
    public static RemoteCertificateValidationCallback InAuthoritiesOf(string path)
    {
        var authorities = Load(path);
        return (_, certificate, presented, errors) =>
        {
            if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            {
                return false;
            }

            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;   // an own authority seldom publishes a list
            foreach (var link in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            {
                chain.ChainPolicy.ExtraStore.Add(link.Certificate);
            }

            using var server = new X509Certificate2(certificate);
            return chain.Build(server);
        };
    }

    private static X509Certificate2Collection Load(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates;
    }
}
