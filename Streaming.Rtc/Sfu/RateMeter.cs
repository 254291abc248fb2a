using System.Runtime.CompilerServices;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>What a track costs to send on, by temporal layers: the rate of the last half seconds, let go of slowly.</summary>
/// <remarks>Key frames are not counted: they come when they are asked for, and the pacer spreads them. A picture that moves now and then costs what it costs while it moves: who was given room for it must not lose it each time.</remarks>
internal struct RateMeter
{
    /// <summary>Temporal layers that are told apart.</summary>
    public const int Layers = FrameLayer.Highest + 1;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);
    private const double Decay = 0.85;

    private Instant _began;
    private Bytes _bytes;
    private Rates _rates;
    private int _windows;

    /// <summary>Counts a packet.</summary>
    /// <param name="now">When it came.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="layer">Its temporal layer, 0–2.</param>
    public void Add(Instant now, int payload, int layer)
    {
        Roll(now);
        _bytes[layer] += payload + WireSize.IPv4AndUdp + TransportNumber.HeaderLength + WireSize.GcmTag;
    }

    /// <summary>The rate of the layers up to one (0–2), in bit/s on the wire; 0 before the first window has passed.</summary>
    public int UpTo(Instant now, int layer)
    {
        Roll(now);
        var rate = 0.0;
        for (var i = 0; i <= layer; i++)
        {
            rate += _rates[i];
        }

        return (int)rate;
    }

    /// <summary>The highest temporal layer that came lately.</summary>
    public readonly int Highest
    {
        get
        {
            var highest = Layers - 1;
            while (highest > 0 && _rates[highest] < 1_000)
            {
                highest--;
            }

            return highest;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => this = default;

    private void Roll(Instant now)
    {
        if (_windows == 0)
        {
            (_began, _windows) = (now, 1);
            return;
        }

        for (var passed = 0; now - _began >= Window && passed < 20; passed++)
        {
            for (var i = 0; i < Layers; i++)
            {
                var rate = _bytes[i] * 8 / Window.TotalSeconds;
                _rates[i] = rate > _rates[i] || _windows < 3 ? rate : Math.Max(rate, _rates[i] * Decay);
                _bytes[i] = 0;
            }

            _began += Window;
            _windows = Math.Min(_windows + 1, 100);
        }

        if (now - _began >= Window)
        {
            _began = now;
        }
    }

    [InlineArray(Layers)]
    private struct Bytes
    {
        private int _first;
    }

    [InlineArray(Layers)]
    private struct Rates
    {
        private double _first;
    }
}
