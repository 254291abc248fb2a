using System.Buffers.Binary;
using Streaming.Client.Peers;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>One simulcast layer with three temporal layers (L1T3), as browsers send VP8: pictures, base layers and key frames are numbered.</summary>
internal sealed class TemporalFeed(SentTrack track, int bitrate, int fps = 30) : IMediaFeed
{
    public const int DescriptorLength = 6;

    private const int Largest = 1_000;
    private static readonly (byte Layer, bool Sync)[] Pattern = [(0, false), (2, true), (1, true), (2, false)];
    private readonly byte[] _payload = new byte[SentTrack.MaxPayload];
    private Instant? _start;
    private long _ticks;
    private long _requests;
    private int _inPattern;
    private ushort _picture = (ushort)(0x7F00 + (track.Layer * 55));   // wraps soon
    private byte _base = (byte)(200 + track.Layer);
    private bool _isNew = true;

    /// <summary>How long after the others it begins.</summary>
    public TimeSpan Begins { get; init; }

    /// <summary>In what time its encoder gets from a fifth of its rate to all of it.</summary>
    public TimeSpan Grows { get; init; }

    /// <summary>Key frames sent.</summary>
    public int KeyFrames { get; private set; }

    public Instant NextTick => _start is { } start ? start + TimeSpan.FromSeconds(_ticks / (double)fps) : Instant.LongAgo;

    public void Tick(Instant now)
    {
        _start ??= now;
        var timestamp = unchecked((uint)((track.Layer * 1_000_000) + (_ticks++ * 90_000 / fps)));
        var age = now - _start.Value - Begins;
        if (age < TimeSpan.Zero)
        {
            return;
        }

        var isKey = _isNew || track.KeyFrameRequests != _requests;
        (_isNew, _requests) = (false, track.KeyFrameRequests);
        _inPattern = isKey ? 0 : _inPattern;
        KeyFrames += isKey ? 1 : 0;
        var (layer, sync) = Pattern[_inPattern];
        _inPattern = (_inPattern + 1) % Pattern.Length;
        _picture = (ushort)((_picture + 1) & 0x7FFF);
        _base += layer == 0 ? (byte)1 : (byte)0;

        // Of each four frames the base layer takes two fifths, the middle a quarter; a key frame is as large as four base frames.
        var share = layer switch { 0 => 0.4, 1 => 0.25, _ => 0.175 } * (isKey ? 4 : 1);
        var grown = age < Grows ? 0.2 + (0.8 * (age / Grows)) : 1;
        var left = Math.Max(60, (int)(bitrate * grown / 8.0 * 4 / fps * share));
        for (var isFirst = true; left > 0; isFirst = false)
        {
            var length = DescriptorLength + Math.Min(Largest, Math.Max(left, 20));
            left -= length - DescriptorLength;
            Write(_payload, isFirst, isKey, layer, sync);
            track.Send(now, _payload.AsSpan(0, length), timestamp, left <= 0);
        }
    }

    private void Write(byte[] payload, bool isFirst, bool isKey, byte layer, bool sync)
    {
        payload[0] = (byte)(isFirst ? 0x90 : 0x80);
        payload[1] = 0xE0;
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), (ushort)(_picture | 0x8000));
        payload[4] = _base;
        payload[5] = (byte)((layer << 6) | (sync ? 0x20 : 0));
        var data = payload.AsSpan(DescriptorLength);
        data[..10].Clear();
        data[0] = (byte)(isKey ? 0 : 1);
        if (isFirst && isKey)
        {
            data[3] = 0x9D;
            data[4] = 0x01;
            data[5] = 0x2A;
            BinaryPrimitives.WriteUInt16LittleEndian(data[6..], (ushort)(160 << track.Layer));
            BinaryPrimitives.WriteUInt16LittleEndian(data[8..], (ushort)(90 << track.Layer));
        }
    }
}
