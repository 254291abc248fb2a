namespace Streaming.Rtc.Srtp;

/// <summary>Encrypting or decrypting, as a type: code that takes it is compiled for each by itself, without a branch.</summary>
internal interface IGcmDirection
{
    /// <summary>Whether the ciphertext, which is what gets hashed, comes out.</summary>
    static abstract bool Encrypts { get; }
}

/// <summary>Plaintext goes in.</summary>
internal readonly struct GcmEncryption : IGcmDirection
{
    /// <inheritdoc/>
    public static bool Encrypts => true;
}

/// <summary>Ciphertext goes in.</summary>
internal readonly struct GcmDecryption : IGcmDirection
{
    /// <inheritdoc/>
    public static bool Encrypts => false;
}
