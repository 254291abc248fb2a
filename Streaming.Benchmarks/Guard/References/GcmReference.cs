using System.Buffers.Binary;
using Streaming.Rtc.Dtls;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>AES-128-GCM by OpenSSL's EVP and nothing else: a message sealed under each of some keys, as a packet is for each viewer.</summary>
internal sealed unsafe class GcmReference : Reference
{
    private const int TagLength = 16;
    private const int Messages = 256;   // as many as leave together
    private readonly CipherContextHandle[] _keys;
    private readonly KeyBooks _books;
    private readonly byte[] _plain;
    private readonly byte[] _sealed;
    private readonly byte[] _header = new byte[12];
    private readonly byte[] _nonce = new byte[12];
    private long _number;

    /// <param name="bytes">Bytes of each message.</param>
    /// <param name="keys">How many keys.</param>
    /// <param name="lines">Cache lines of books that are kept for each; see <see cref="KeyBooks"/>.</param>
    public GcmReference(int bytes, int keys, int lines)
        : base(keys == 1 ? $"AES-GCM of {bytes} bytes" : $"AES-GCM of {bytes} bytes and {lines} cache lines, {keys} times")
    {
        OpenSsl.Initialize();
        var random = new Random(1);
        _books = new KeyBooks(keys, lines);
        _plain = new byte[bytes];
        random.NextBytes(_plain);
        _sealed = new byte[Messages * (bytes + TagLength)];
        _keys = new CipherContextHandle[keys];
        var key = new byte[16];
        for (var i = 0; i < keys; i++)
        {
            random.NextBytes(key);
            _keys[i] = OpenSsl.NewCipherContext();
            fixed (byte* start = key)
            {
                OpenSsl.Check(OpenSsl.InitCipher(_keys[i], OpenSsl.Aes128Gcm(), 0, start, null, 1), "EVP_CipherInit_ex");
            }
        }
    }

    public override void Run()
    {
        BinaryPrimitives.WriteInt64BigEndian(_nonce, ++_number);
        var length = _plain.Length + TagLength;
        var none = stackalloc byte[TagLength];
        fixed (byte* nonce = _nonce, header = _header, plain = _plain, start = _sealed)
        {
            for (var i = 0; i < _keys.Length; i++)
            {
                _books.Touch(i, _number);
                var context = _keys[i].DangerousGetHandle();
                var message = start + (i % Messages * length);
                int written;
                var succeeded = OpenSsl.SetCipherIv(context, 0, 0, null, nonce, -1)
                    & OpenSsl.UpdateCipher(context, null, &written, header, _header.Length)
                    & OpenSsl.UpdateCipher(context, message, &written, plain, _plain.Length)
                    & OpenSsl.FinishCipher(context, none, &written)
                    & OpenSsl.ControlCipher(context, OpenSsl.GcmGetTag, TagLength, message + _plain.Length);
                if (succeeded != 1)
                {
                    throw new InvalidOperationException("OpenSSL did not seal the reference's message.");
                }
            }
        }
    }

    public override void Dispose()
    {
        Array.ForEach(_keys, key => key.Dispose());
        base.Dispose();
    }
}
