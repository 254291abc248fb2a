namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>What a viewer is sent: voice at 32 kbit/s on the wire, and the largest camera layer that the estimate has room for.</summary>
internal sealed class LayeredSource(int seed)
{
    private const int VoiceRate = 32_000;
    private const int PacketBytes = 1_150;
    private static readonly int[] Layers = [0, 60_000, 150_000, 400_000, 1_000_000];
    private static readonly TimeSpan VoiceInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Random _random = new(seed);
    private Instant _nextVoice;
    private Instant _nextFrame;
    private Instant _roomSince = Instant.Never;

    /// <summary>The largest layer that is sent, 0–4; with 0 there is only voice.</summary>
    public int MostLayer { get; set; } = Layers.Length - 1;

    /// <summary>Whether the picture takes all that the estimate allows instead of a layer: an encoder that follows, the harder case.</summary>
    public bool IsElastic { get; set; }

    /// <summary>The layer at hand, 0–4; 0 is voice alone.</summary>
    public int Layer { get; private set; }

    /// <summary>Bytes of what leaves at this moment.</summary>
    public void Send(Instant now, int target, Action<int> send)
    {
        Choose(now, target);
        if (now >= _nextVoice)
        {
            _nextVoice = now + VoiceInterval;
            send(VoiceRate / 8 / 50);
        }

        var rate = IsElastic ? Math.Max(0, target - VoiceRate) : Layers[Layer];
        if (rate == 0 || now < _nextFrame) return;

        var framesPerSecond = rate < 100_000 ? 10 : 25;
        _nextFrame = now + (TimeSpan.FromSeconds(1) / framesPerSecond);
        Frame((int)(rate / 8 / framesPerSecond * (0.8 + (0.4 * _random.NextDouble()))), send);
    }

    private static void Frame(int bytes, Action<int> send)
    {
        for (; bytes > 0; bytes -= PacketBytes) send(Math.Clamp(bytes, 100, PacketBytes));
    }

    /// <summary>Down at once, up one layer when there has been room for it for half a second.</summary>
    private void Choose(Instant now, int target)
    {
        while (Layer > 0 && (Layer > MostLayer || target < VoiceRate + Layers[Layer])) Layer--;

        var hasRoom = Layer < MostLayer && target > 1.05 * (VoiceRate + Layers[Layer + 1]);
        if (!hasRoom) _roomSince = Instant.Never;
        else if (_roomSince == Instant.Never) _roomSince = now;
        else if (now - _roomSince > Patience)
        {
            Layer++;
            _roomSince = Instant.Never;
        }
    }
}
