using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Srtp;

/// <summary>The master keys and salts of both directions, as DTLS agreed on them.</summary>
/// <param name="profile">The negotiated profile.</param>
/// <param name="localKey">For what we send; 16 bytes.</param>
/// <param name="localSalt">For what we send; 12 or 14 bytes.</param>
/// <param name="remoteKey">For what the peer sends; 16 bytes.</param>
/// <param name="remoteSalt">For what the peer sends; 12 or 14 bytes.</param>
internal sealed class SrtpKeys(SrtpProfile profile, byte[] localKey, byte[] localSalt, byte[] remoteKey, byte[] remoteSalt)
{
    internal SrtpProfile Profile => profile;

    internal ReadOnlySpan<byte> LocalKey => localKey;

    internal ReadOnlySpan<byte> LocalSalt => localSalt;

    internal ReadOnlySpan<byte> RemoteKey => remoteKey;

    internal ReadOnlySpan<byte> RemoteSalt => remoteSalt;

    /// <summary>Cuts the exporter's output: client key, server key, client salt, server salt (RFC 5764 §4.2).</summary>
    /// <param name="profile">The negotiated profile.</param>
    /// <param name="material">Exactly <see cref="SrtpProfiles.ExporterLength"/> bytes: 56 for GCM, 60 for CM. Copied.</param>
    /// <param name="role">Which end of the handshake we were.</param>
    /// <exception cref="ArgumentException">The length does not fit the profile.</exception>
    internal static SrtpKeys FromExporter(SrtpProfile profile, ReadOnlySpan<byte> material, DtlsRole role)
    {
        if (material.Length != SrtpProfiles.ExporterLength(profile))
            throw new ArgumentException("Not the length that the profile asks for.", nameof(material));

        const int key = SrtpProfiles.KeyLength;
        var salt = SrtpProfiles.SaltLength(profile);
        var clientKey = material[..key].ToArray();
        var serverKey = material.Slice(key, key).ToArray();
        var clientSalt = material.Slice(2 * key, salt).ToArray();
        var serverSalt = material.Slice((2 * key) + salt, salt).ToArray();
        return role == DtlsRole.Client
            ? new SrtpKeys(profile, clientKey, clientSalt, serverKey, serverSalt)
            : new SrtpKeys(profile, serverKey, serverSalt, clientKey, clientSalt);
    }
}
