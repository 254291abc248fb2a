namespace Streaming.Benchmarks.Guard.References;

/// <summary>Memory that a reference touches for each key, as the engine touches what it keeps for each viewer: some of it every time, and a history line by line.</summary>
/// <remarks>Without it the reference of a thousand keys would fit a cache that a thousand viewers do not fit, and the ratio would tell who else uses that cache.</remarks>
/// <param name="keys">How many keys; for one alone nothing is touched.</param>
/// <param name="lines">Cache lines of each that are read every time.</param>
internal sealed class KeyBooks(int keys, int lines)
{
    private const int Line = 64;
    private const int History = 24 * 1_024;
    private readonly int _stride = (lines + 3) * Line + History;   // three more, so that the books of two keys never begin in one set of a cache
    private readonly byte[] _bytes = keys == 1 ? [] : new byte[keys * ((lines + 3) * Line + History)];

    /// <summary>Notes an operation under a key.</summary>
    public void Touch(int key, long number)
    {
        if (_bytes.Length == 0)
        {
            return;
        }

        var book = _bytes.AsSpan(key * _stride, _stride);
        var sum = (byte)number;
        for (var i = 0; i < lines; i++)
        {
            sum += book[i * Line];
        }

        book[0] = sum;
        book[lines * Line + (int)(number * Line % History)] = sum;
    }
}
