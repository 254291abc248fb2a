using System.Buffers.Binary;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>What <see cref="FrameReader.Next"/> found.</summary>
internal enum FrameOutcome
{
    /// <summary>A whole datagram.</summary>
    Whole,

    /// <summary>The input is used up; the rest of the datagram is still to come.</summary>
    More,

    /// <summary>A length that nobody of ours sends: what follows cannot be told apart any more.</summary>
    Broken,
}

/// <summary>Takes a byte stream apart into datagrams (RFC 4571: 16 bits of length, then as many bytes), however it was cut on the way.</summary>
/// <remarks>Belongs to one connection's reader. Frames without content are legal and skipped.</remarks>
internal sealed class FrameReader
{
    /// <summary>The longest datagram that is taken, in bytes: what a slot for UDP holds.</summary>
    public const int Longest = DatagramSlab.SlotSize - 1;

    /// <summary>Bytes in front of each datagram.</summary>
    public const int HeaderLength = sizeof(ushort);

    private readonly byte[] _begun = new byte[HeaderLength + Longest];
    private int _have;

    /// <summary>Takes the next datagram.</summary>
    /// <param name="input">What has arrived; what this used is cut off its front.</param>
    /// <param name="datagram">Valid until the next call, and as long as the input is.</param>
    public FrameOutcome Next(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> datagram)
    {
        datagram = default;
        while (!input.IsEmpty)
        {
            var header = _have == 0 ? input : _begun.AsSpan(0, _have);
            if (header.Length < HeaderLength)
            {
                Keep(ref input, HeaderLength - _have);
                if (_have < HeaderLength)
                {
                    return FrameOutcome.More;
                }

                header = _begun;
            }

            var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header);
            if (length > HeaderLength + Longest)
            {
                return FrameOutcome.Broken;
            }

            if (_have == 0 && input.Length >= length)
            {
                datagram = input[HeaderLength..length];
                input = input[length..];
            }
            else
            {
                Keep(ref input, length - _have);
                if (_have < length)
                {
                    return FrameOutcome.More;
                }

                datagram = _begun.AsSpan(HeaderLength, length - HeaderLength);
                _have = 0;
            }

            if (!datagram.IsEmpty)
            {
                return FrameOutcome.Whole;
            }
        }

        return FrameOutcome.More;
    }

    private void Keep(ref ReadOnlySpan<byte> input, int wanted)
    {
        var taken = Math.Min(wanted, input.Length);
        input[..taken].CopyTo(_begun.AsSpan(_have));
        input = input[taken..];
        _have += taken;
    }
}
