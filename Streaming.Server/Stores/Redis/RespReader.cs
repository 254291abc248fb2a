using System.Globalization;
using System.Text;

namespace Streaming.Server.Stores.Redis;

/// <summary>Reads what a sentinel says (the Redis serialization protocol, version 2).</summary>
/// <param name="stream">Where it comes from.</param>
internal sealed class RespReader(Stream stream)
{
    private const int MostItems = 64, MostBytes = 4_096;   // a sentinel's answers are a few short words

    private readonly byte[] _buffer = new byte[1_024];
    private int _at;
    private int _end;

    /// <summary>The next answer: a list of words, or one word; a null word is none.</summary>
    /// <exception cref="SentinelRefusalException">It is an error.</exception>
    /// <exception cref="IOException">The connection ended, or what came is no answer.</exception>
    public async Task<IReadOnlyList<string?>> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await LineAsync(cancellationToken).ConfigureAwait(false);
        switch (line)
        {
            case ['*', ..]:
                var words = new string?[Math.Max(Count(line, MostItems), 0)];
                for (var i = 0; i < words.Length; i++)
                {
                    words[i] = await WordAsync(await LineAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                }

                return words;
            default:
                return [await WordAsync(line, cancellationToken).ConfigureAwait(false)];
        }
    }

    private async Task<string?> WordAsync(string line, CancellationToken cancellationToken)
    {
        switch (line)
        {
            case ['+' or ':', ..]:
                return line[1..];
            case ['-', ..]:
                throw new SentinelRefusalException(line[1..]);
            case ['$', ..] when Count(line, MostBytes) is var length:
                if (length < 0)
                {
                    return null;
                }

                var word = new byte[length + 2];
                for (var i = 0; i < word.Length; i++)
                {
                    word[i] = await ByteAsync(cancellationToken).ConfigureAwait(false);
                }

                return Encoding.UTF8.GetString(word, 0, length);
            default:
                throw new IOException("What answered is no sentinel.");
        }
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (line.Length < MostBytes)
        {
            var next = (char)await ByteAsync(cancellationToken).ConfigureAwait(false);
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(next);
        }

        throw new IOException("What answered is no sentinel.");
    }

    private async ValueTask<byte> ByteAsync(CancellationToken cancellationToken)
    {
        if (_at == _end)
        {
            (_at, _end) = (0, await stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false));
            if (_end == 0)
            {
                throw new EndOfStreamException("The sentinel closed the connection.");
            }
        }

        return _buffer[_at++];
    }

    private static int Count(string line, int most) =>
        int.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count <= most
            ? count
            : throw new IOException("What answered is no sentinel.");
}

/// <summary>A sentinel answered with an error.</summary>
internal sealed class SentinelRefusalException(string message) : IOException(message);
