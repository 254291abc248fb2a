using System.Text;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A moving test picture as a YUV4MPEG2 file, which Chromium plays in a circle as its camera.</summary>
internal static class FakeCamera
{
    public const int Width = 320;
    public const int Height = 240;
    public const int FramesPerSecond = 20;
    private const int Frames = 4 * FramesPerSecond;

    /// <summary>Writes the file: colour bars, a block that runs across them, and a band of grain so that frames do not compress to nothing.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="scale">How many pixels of the file each one takes, across and down.</param>
    public static void Write(string path, int scale = 1)
    {
        using var file = File.Create(path);
        file.Write(Encoding.ASCII.GetBytes($"YUV4MPEG2 W{Width * scale} H{Height * scale} F{FramesPerSecond}:1 Ip A1:1 C420mpeg2\n"));
        var luma = new byte[Width * Height];
        var blue = new byte[Width * Height / 4];
        var red = new byte[Width * Height / 4];
        var grain = new Random(20);
        for (var frame = 0; frame < Frames; frame++)
        {
            Draw(frame, luma, blue, red, grain);
            file.Write("FRAME\n"u8);
            WriteScaled(file, luma, Width, scale);
            WriteScaled(file, blue, Width / 2, scale);
            WriteScaled(file, red, Width / 2, scale);
        }
    }

    private static void WriteScaled(FileStream file, byte[] plane, int width, int scale)
    {
        for (var row = 0; row < plane.Length; row += width)
        {
            byte[] wide = [.. plane.AsSpan(row, width).ToArray().SelectMany(pixel => Enumerable.Repeat(pixel, scale))];
            for (var i = 0; i < scale; i++)
            {
                file.Write(wide);
            }
        }
    }

    private static void Draw(int frame, byte[] luma, byte[] blue, byte[] red, Random grain)
    {
        var left = frame * (Width - 60) / Frames;
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var bar = x * 8 / Width;
                var inBlock = x >= left && x < left + 60 && y is >= 60 and < 140;
                luma[(y * Width) + x] = inBlock ? (byte)235
                    : y >= 200 ? (byte)(96 + grain.Next(64))
                    : (byte)(200 - (bar * 20));
                if (y % 2 == 0 && x % 2 == 0)
                {
                    var at = (y / 2 * (Width / 2)) + (x / 2);
                    blue[at] = inBlock ? (byte)128 : (byte)(64 + (bar * 16));
                    red[at] = inBlock ? (byte)128 : (byte)(192 - (bar * 16));
                }
            }
        }
    }
}
