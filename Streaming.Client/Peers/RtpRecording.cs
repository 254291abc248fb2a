using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Streaming.Rtc;

namespace Streaming.Client.Peers;

/// <summary>One recorded packet.</summary>
/// <param name="At">When it arrived, since the start of the recording.</param>
/// <param name="Packet">The plain RTP packet.</param>
public readonly record struct RecordedPacket(TimeSpan At, ReadOnlyMemory<byte> Packet);

/// <summary>RTP packets with their times, in memory and as a file in the format of rtpdump, which other tools read too.</summary>
/// <remarks>
/// The file: a line <c>#!rtpplay1.0 address/port</c>; 16 bytes of start time and source; then for each packet its length with the header
/// (16 bits), its length without (16), its time in ms (32), and the packet. All big-endian. RTCP in a file (length 0) is skipped.
/// </remarks>
public sealed class RtpRecording
{
    private const string Magic = "#!rtpplay1.0 ";
    private const int LongestLine = 128;
    private const int FileHeaderLength = 16;
    private const int PacketHeaderLength = 8;

    private readonly List<RecordedPacket> _packets = [];
    private Instant? _start;

    /// <summary>The packets, in the order of recording.</summary>
    public IReadOnlyList<RecordedPacket> Packets => _packets;

    /// <summary>Reads a file.</summary>
    /// <param name="source">Read to its end.</param>
    /// <exception cref="InvalidDataException">It is no rtpdump file, or is cut off.</exception>
    public static RtpRecording Read(Stream source)
    {
        if (!ReadLine(source).StartsWith(Magic, StringComparison.Ordinal))
        {
            throw new InvalidDataException("An rtpdump file begins with '#!rtpplay1.0 address/port'.");
        }

        Span<byte> header = stackalloc byte[FileHeaderLength];
        ReadExactly(source, header);
        var recording = new RtpRecording();
        while (source.ReadAtLeast(header[..PacketHeaderLength], PacketHeaderLength, throwOnEndOfStream: false) is var read and > 0)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(header) - PacketHeaderLength;
            if (read < PacketHeaderLength || length < 0)
            {
                throw new InvalidDataException("The file is cut off, or a packet is shorter than its header.");
            }

            var packet = new byte[length];
            ReadExactly(source, packet);
            if (BinaryPrimitives.ReadUInt16BigEndian(header[2..]) != 0)
            {
                var at = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
                recording._packets.Add(new RecordedPacket(at, packet));
            }
        }

        return recording;
    }

    /// <summary>Adds a copy of a packet; the first one's time is the start.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="packet">A plain RTP packet of at most 65 527 bytes.</param>
    public void Add(Instant now, ReadOnlySpan<byte> packet)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packet.Length, ushort.MaxValue - PacketHeaderLength);
        _start ??= now;
        _packets.Add(new RecordedPacket(now - _start.Value, packet.ToArray()));
    }

    /// <summary>Writes the file. Times are kept to the millisecond.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="startedAt">The wallclock time of the start; the year 1970 when unknown.</param>
    public void Write(Stream destination, DateTimeOffset startedAt = default)
    {
        destination.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Magic}127.0.0.1/0\n")));
        Span<byte> header = stackalloc byte[FileHeaderLength];
        header.Clear();
        var ticks = Math.Max(0, (startedAt - DateTimeOffset.UnixEpoch).Ticks);
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)(ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], (uint)(ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        header[8] = 127;
        header[11] = 1;
        destination.Write(header);
        foreach (var (at, packet) in _packets)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)(PacketHeaderLength + packet.Length));
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)packet.Length);
            BinaryPrimitives.WriteUInt32BigEndian(header[4..], (uint)at.TotalMilliseconds);
            destination.Write(header[..PacketHeaderLength]);
            destination.Write(packet.Span);
        }
    }

    private static string ReadLine(Stream source)
    {
        var line = new StringBuilder();
        for (var next = source.ReadByte(); next is not (-1 or '\n'); next = source.ReadByte())
        {
            if (line.Append((char)next).Length > LongestLine)
            {
                break;
            }
        }

        return line.ToString();
    }

    private static void ReadExactly(Stream source, Span<byte> destination)
    {
        try
        {
            source.ReadExactly(destination);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The file is cut off.", e);
        }
    }
}
