using System.Buffers.Binary;
using System.Text;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A voice-like sound as a WAV file, which Chromium plays in a circle as its microphone.</summary>
internal static class FakeMicrophone
{
    private const int Rate = 48_000;
    private const int Seconds = 4;

    /// <summary>Writes the file: syllables of changing pitch, since noise suppression takes a steady tone away.</summary>
    public static void Write(string path)
    {
        var samples = new short[Rate * Seconds];
        var phase = 0.0;
        for (var i = 0; i < samples.Length; i++)
        {
            var syllable = i / (Rate / 5);
            var within = i % (Rate / 5) / (double)(Rate / 5);
            var pitch = 160 + (syllable * 37 % 120) + (20 * Math.Sin(within * Math.PI));
            phase += 2 * Math.PI * pitch / Rate;
            var loudness = within < 0.75 ? Math.Sin(within / 0.75 * Math.PI) : 0;
            var tone = Math.Sin(phase) + (0.5 * Math.Sin(2 * phase)) + (0.3 * Math.Sin(3 * phase)) + (0.2 * Math.Sin(5 * phase));
            samples[i] = (short)(8_000 * loudness * tone);
        }

        var bytes = new byte[44 + (samples.Length * 2)];
        Encoding.ASCII.GetBytes("RIFF....WAVEfmt ").CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);         // size of the format
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1);          // PCM
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1);          // one channel
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), Rate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), Rate * 2);   // bytes per second
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), 2);          // bytes per sample
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), 16);         // bits per sample
        Encoding.ASCII.GetBytes("data").CopyTo(bytes, 36);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), samples.Length * 2);
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(44 + (i * 2)), samples[i]);
        }

        File.WriteAllBytes(path, bytes);
    }
}
