using System.Security.Cryptography;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;

namespace Streaming.Rtc.Sfu;

/// <summary>The forms that one voice is sent in: as it comes; thin, three frames to a packet; and each with copies of earlier packets (RED).</summary>
/// <remarks>
/// Belongs to one voice's <see cref="SourceTrack"/>; only its RTC worker calls it. A form is made while somebody needs it, once for all of
/// them: what a viewer costs stays a header and an encryption.
/// </remarks>
internal sealed class VoiceForms
{
    /// <summary>The most copies of earlier packets.</summary>
    public const int MostCopies = RedundancyPlan.MostCopies;

    private static readonly NegotiatedFormat Opus = new(new MediaFormat(Codec.Opus, ""), new PayloadType(CodecTable.OpusType), null);
    private static readonly NegotiatedFormat Red = new(new MediaFormat(Codec.Red, ""), new PayloadType(63), null);
    private readonly SourceTrack _original;
    private readonly DerivedVoice[] _full;
    private readonly DerivedVoice[] _thin;
    private readonly OpusMerger _merger = new(new SequenceNumber((ushort)RandomNumberGenerator.GetInt32(32_768)));
    private readonly byte[] _buffer = new byte[PacketCache.SlotSize];
    private readonly Earlier[] _earlier = [new(), new()];   // of the thin packets, the newest first
    private bool _hadThin;

    /// <param name="original">The voice as it comes.</param>
    /// <param name="room">The class.</param>
    /// <param name="options">The limits of forwarding.</param>
    public VoiceForms(SourceTrack original, Room room, RtcEngineOptions options)
    {
        _original = original;
        _full = [.. Enumerable.Range(1, MostCopies).Select(_ => new DerivedVoice(original, [Red], room, options, isThin: false))];
        _thin = [.. Enumerable.Range(0, MostCopies + 1).Select(copies => new DerivedVoice(original, [copies == 0 ? Opus : Red], room, options, isThin: true))];
    }

    /// <summary>One of the forms.</summary>
    /// <param name="form">How it goes.</param>
    /// <param name="copies">How many earlier packets each packet carries, 0–<see cref="MostCopies"/>.</param>
    public SourceTrack Of(VoiceForm form, int copies) =>
        form == VoiceForm.Thin ? _thin[copies] : copies == 0 ? _original : _full[copies - 1];

    /// <summary>A packet of the original has come, and is in its cache.</summary>
    public void Take(Instant now, in MediaPacket packet, SendBatch batch)
    {
        for (var copies = 1; copies <= MostCopies; copies++)
        {
            if (_full[copies - 1].Viewers > 0)
            {
                PutRedundant(now, packet, copies, batch);
            }
        }

        if (!HasThin)
        {
            _hadThin = false;
            return;
        }

        if (!_hadThin)
        {
            _merger.Finish();   // what was left from the last time is old
            while (_merger.TryTake(out _))
            {
            }

            _hadThin = true;
        }

        if (_merger.Add(now, packet.SequenceNumber, packet.Timestamp, packet.Marker, packet.Payload) > 0)
        {
            PutThin(now, batch);
        }
    }

    /// <summary>Sends what waits for others that do not come.</summary>
    public void Tick(Instant now, SendBatch batch)
    {
        if (now >= _merger.Due && _merger.Tick(now) > 0)
        {
            PutThin(now, batch);
        }
    }

    /// <summary>The original is sent, or not, from now on.</summary>
    public void Switch(Instant now, bool isOn, SendBatch batch)
    {
        foreach (var form in _full)
        {
            form.Switch(now, isOn, batch);
        }

        foreach (var form in _thin)
        {
            form.Switch(now, isOn, batch);
        }
    }

    /// <summary>The original's stream began anew, on another clock.</summary>
    public void Renew(Instant now, SendBatch batch)
    {
        _merger.Finish();
        while (_merger.TryTake(out _))
        {
        }

        Array.ForEach(_earlier, earlier => earlier.Length = 0);
        foreach (var form in _full)
        {
            form.Renew(now, batch);
        }

        foreach (var form in _thin)
        {
            form.Renew(now, batch);
        }
    }

    private bool HasThin => Array.Exists(_thin, form => form.Viewers > 0);

    private void PutRedundant(Instant now, in MediaPacket packet, int copies, SendBatch batch)
    {
        var writer = new RedundancyWriter(_buffer, packet.Timestamp);
        for (var back = copies; back > 0; back--)
        {
            if (_original.Cache!.TryGet(packet.SequenceNumber + -back, out var earlier))
            {
                writer.TryAdd(Opus.PayloadType, earlier.Timestamp, earlier.Payload);
            }
        }

        if (writer.TryFinish(Opus.PayloadType, packet.Payload, out var length))
        {
            Put(now, _full[copies - 1], packet.SequenceNumber, packet.Timestamp, packet.Marker, _buffer.AsSpan(0, length), batch);
        }
    }

    private void PutThin(Instant now, SendBatch batch)
    {
        while (_merger.TryTake(out var merged))
        {
            for (var copies = 0; copies <= MostCopies; copies++)
            {
                if (_thin[copies].Viewers == 0)
                {
                    continue;
                }

                var payload = merged.Payload;
                if (copies > 0)
                {
                    var writer = new RedundancyWriter(_buffer, merged.Timestamp);
                    for (var back = copies; back > 0; back--)
                    {
                        writer.TryAdd(Opus.PayloadType, _earlier[back - 1].Timestamp, _earlier[back - 1].Bytes);
                    }

                    if (!writer.TryFinish(Opus.PayloadType, merged.Payload, out var length))
                    {
                        continue;
                    }

                    payload = _buffer.AsSpan(0, length);
                }

                Put(now, _thin[copies], merged.SequenceNumber, merged.Timestamp, merged.Marker, payload, batch);
            }

            (_earlier[0], _earlier[1]) = (_earlier[1], _earlier[0]);
            _earlier[0].Set(merged.Timestamp, merged.Payload);
        }
    }

    private static void Put(
        Instant now, DerivedVoice form, SequenceNumber number, uint timestamp, bool marker, ReadOnlySpan<byte> payload, SendBatch batch) =>
        form.Put(now, new MediaPacket
        {
            SequenceNumber = number,
            Timestamp = timestamp,
            Marker = marker,
            Format = 0,
            StartsKeyFrame = true,
            Payload = payload,
            Padded = payload,
        }, batch);

    private sealed class Earlier
    {
        private readonly byte[] _bytes = new byte[OpusMerger.LargestMerged + 64];

        public int Length { get; set; }

        public uint Timestamp { get; private set; }

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

        public void Set(uint timestamp, ReadOnlySpan<byte> payload)
        {
            Timestamp = timestamp;
            Length = payload.Length <= _bytes.Length ? payload.Length : 0;
            payload[..Length].CopyTo(_bytes);
        }
    }
}
