using System.Buffers;

namespace Streaming.HubProtocol.Format;

/// <summary>A message on its way: its length in groups of seven bits, the lowest first, and then its bytes.</summary>
internal static class MessageFrame
{
    /// <summary>The longest prefix: five groups of seven bits hold every length below 2 GiB.</summary>
    public const int MostPrefix = 5;

    /// <summary>How many bytes the prefix of a message of <paramref name="length"/> bytes has.</summary>
    public static int PrefixOf(int length) => length switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        < 1 << 28 => 4,
        _ => 5,
    };

    /// <summary>Writes the prefix of a message of <paramref name="length"/> bytes.</summary>
    public static void WritePrefix(Span<byte> destination, int length)
    {
        var rest = (uint)length;
        var at = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            destination[at++] = (byte)(rest | 0x80);
        }

        destination[at] = (byte)rest;
    }

    /// <summary>Takes one whole message from the front of <paramref name="input"/>.</summary>
    /// <param name="input">What has arrived; moved on only when a message was taken.</param>
    /// <param name="most">The longest message that is taken, in bytes.</param>
    /// <param name="message">The message without its prefix.</param>
    /// <returns>False when more has to arrive first.</returns>
    /// <exception cref="InvalidDataException">The prefix promises nothing, or more than <paramref name="most"/>.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> input, int most, out ReadOnlySequence<byte> message)
    {
        message = default;
        var reader = new SequenceReader<byte>(input);
        var length = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            if (!reader.TryRead(out var group))
            {
                return false;
            }

            length |= (ulong)(group & 0x7F) << shift;
            if ((group & 0x80) == 0)
            {
                break;
            }

            if (shift == 7 * (MostPrefix - 1))
            {
                throw new InvalidDataException($"A message's length has more than {MostPrefix} bytes.");
            }
        }

        if (length == 0 || length > (ulong)most)
        {
            throw new InvalidDataException($"A message has 1 to {most} bytes, not {length}.");
        }

        if ((ulong)reader.Remaining < length)
        {
            return false;
        }

        message = input.Slice(reader.Position, (long)length);
        input = input.Slice(message.End);
        return true;
    }
}
