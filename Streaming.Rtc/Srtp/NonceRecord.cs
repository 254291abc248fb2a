namespace Streaming.Rtc.Srtp;

/// <summary>Remembers what was encrypted under one key, and refuses the same nonce again; for builds that look for mistakes.</summary>
/// <remarks>
/// <para>
/// It trusts nothing that <see cref="OutboundSrtpStream"/> keeps: what is written down is the nonce that the cipher really uses, so a lost
/// rollover counter or two streams under one SSRC are found as well. Built in with <c>-p:RecordNonces=true</c>, and in Debug.
/// </para>
/// <para>
/// Memory is bounded: a page has a bit for each of 4 096 neighbouring nonces, and of more than <see cref="MostPages"/> pages the oldest is
/// forgotten. That is 2 MiB a key at most, and a repeat within the last 16 million packets of a stream is found.
/// </para>
/// </remarks>
internal sealed class NonceRecord
{
    /// <summary>Pages kept at most; each takes 512 bytes.</summary>
    internal const int MostPages = 4_096;

    private const int PageBits = 12;
    private const int PageSize = 1 << PageBits;

    private UInt128[] _numbers = new UInt128[4];
    private ulong[][] _pages = new ulong[4][];
    private int _count;
    private int _oldest;
    private int _last;

    /// <summary>Whether the ciphers of this build keep records.</summary>
#if RECORD_NONCES
    internal const bool IsKept = true;
#else
    internal const bool IsKept = false;
#endif

    /// <summary>How many pages are kept.</summary>
    internal int Pages => _count;

    /// <summary>Writes a nonce down.</summary>
    /// <param name="nonce">As a number; those of consecutive packets of a stream should lie side by side.</param>
    /// <exception cref="InvalidOperationException">It was used before.</exception>
    internal void Add(UInt128 nonce)
    {
        var page = Page(nonce >> PageBits);
        var at = (int)(nonce & (PageSize - 1));
        var bit = 1UL << (at % 64);
        if ((page[at / 64] & bit) != 0)
            throw new InvalidOperationException($"The nonce {nonce:X24} was used before under this key.");

        page[at / 64] |= bit;
    }

    private ulong[] Page(UInt128 number)
    {
        if (_last < _count && _numbers[_last] == number)
            return _pages[_last];

        _last = _numbers.AsSpan(0, _count).LastIndexOf(number);
        if (_last >= 0)
            return _pages[_last];

        if (_count == MostPages)
        {
            _last = _oldest;
            _oldest = (_oldest + 1) % MostPages;
        }
        else
        {
            if (_count == _numbers.Length)
            {
                Array.Resize(ref _numbers, 2 * _count);
                Array.Resize(ref _pages, 2 * _count);
            }

            _last = _count++;
        }

        _numbers[_last] = number;
        return _pages[_last] = new ulong[PageSize / 64];
    }
}
