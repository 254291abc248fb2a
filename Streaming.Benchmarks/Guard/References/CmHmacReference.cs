using System.Buffers.Binary;
using Streaming.Rtc.Dtls;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>AES-128 in counter mode and HMAC-SHA1 by OpenSSL and nothing else, under each of some keys: what the older SRTP profile is made of.</summary>
internal sealed unsafe class CmHmacReference : Reference
{
    private readonly (CipherContextHandle Cipher, HmacContextHandle Hmac)[] _keys;
    private readonly KeyBooks _books;
    private readonly byte[] _plain;
    private readonly byte[] _sealed;
    private readonly byte[] _counter = new byte[16];
    private readonly byte[] _tag = new byte[20];
    private long _number;

    /// <param name="bytes">Bytes of each message.</param>
    /// <param name="keys">How many keys.</param>
    /// <param name="lines">Cache lines of books that are kept for each; see <see cref="KeyBooks"/>.</param>
    public CmHmacReference(int bytes, int keys, int lines)
        : base(keys == 1 ? $"AES-CTR and HMAC-SHA1 of {bytes} bytes" : $"AES-CTR and HMAC-SHA1 of {bytes} bytes and {lines} cache lines, {keys} times")
    {
        OpenSsl.Initialize();
        var random = new Random(1);
        _books = new KeyBooks(keys, lines);
        _plain = new byte[bytes];
        random.NextBytes(_plain);
        _sealed = new byte[bytes];
        _keys = new (CipherContextHandle, HmacContextHandle)[keys];
        var key = new byte[16];
        for (var i = 0; i < keys; i++)
        {
            random.NextBytes(key);
            _keys[i] = (OpenSsl.NewCipherContext(), OpenSsl.NewHmacContext());
            fixed (byte* start = key)
            {
                OpenSsl.Check(OpenSsl.InitCipher(_keys[i].Cipher, OpenSsl.Aes128Ctr(), 0, start, null, 1), "EVP_CipherInit_ex");
                OpenSsl.Check(OpenSsl.InitHmac(_keys[i].Hmac, start, key.Length, OpenSsl.Sha1(), 0), "HMAC_Init_ex");
            }
        }
    }

    public override void Run()
    {
        BinaryPrimitives.WriteInt64BigEndian(_counter, ++_number);
        fixed (byte* counter = _counter, plain = _plain, output = _sealed, tag = _tag)
        {
            for (var i = 0; i < _keys.Length; i++)
            {
                _books.Touch(i, _number);
                var (cipher, hmac) = (_keys[i].Cipher.DangerousGetHandle(), _keys[i].Hmac.DangerousGetHandle());
                int written;
                var succeeded = OpenSsl.SetCipherIv(cipher, 0, 0, null, counter, -1)
                    & OpenSsl.UpdateCipher(cipher, output, &written, plain, _plain.Length)
                    & OpenSsl.RestartHmac(hmac, null, 0, 0, 0)
                    & OpenSsl.UpdateHmac(hmac, output, (nuint)_sealed.Length)
                    & OpenSsl.FinishHmac(hmac, tag, null);
                if (succeeded != 1)
                {
                    throw new InvalidOperationException("OpenSSL did not sign the reference's message.");
                }
            }
        }
    }

    public override void Dispose()
    {
        foreach (var (cipher, hmac) in _keys)
        {
            cipher.Dispose();
            hmac.Dispose();
        }

        base.Dispose();
    }
}
