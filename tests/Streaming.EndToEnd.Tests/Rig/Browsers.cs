using Microsoft.Playwright;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>The Chromium processes that the tests share; each is started when it is first wanted.</summary>
public sealed class Browsers : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";
    private readonly string _files = Paths.MakeTemporary();
    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _strict;
    private IBrowser? _lenient;

    /// <summary>Sound plays without a tap, as in a browser whose user has been here often.</summary>
    internal Task<IBrowser> LenientAsync() => OnceAsync(() => _lenient, b => _lenient = b, "--autoplay-policy=no-user-gesture-required");

    /// <summary>The browser's own rule about sound: a tap first.</summary>
    internal Task<IBrowser> StrictAsync() => OnceAsync(() => _strict, b => _strict = b, "--autoplay-policy=document-user-activation-required");

    /// <summary>Starts one more Chromium; the caller closes it.</summary>
    /// <param name="executable">What to start instead of <c>/usr/bin/chromium</c>; null for that.</param>
    /// <param name="arguments">Further switches.</param>
    internal async Task<IBrowser> StartAsync(string? executable, params string[] arguments) =>
        await _playwright!.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable ?? Executable,
            Headless = true,
            Timeout = 60_000,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
                "--allow-loopback-in-peer-connection",   // without another interface there are no candidates at all otherwise
                "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                $"--use-file-for-fake-video-capture={Path.Combine(_files, "camera.y4m")}",
                $"--use-file-for-fake-audio-capture={Path.Combine(_files, "microphone.wav")}",
                .. arguments,
            ],
        });

    /// <summary>Starts one more Chromium whose camera is larger than the others'; the caller closes it.</summary>
    /// <param name="scale">How many times, across and down.</param>
    internal async Task<IBrowser> StartWithCameraAsync(int scale)
    {
        var camera = Path.Combine(_files, $"camera-{scale}.y4m");
        FakeCamera.Write(camera, scale);
        return await StartAsync(executable: null, "--autoplay-policy=no-user-gesture-required", $"--use-file-for-fake-video-capture={camera}");   // the last one holds
    }

    public async Task InitializeAsync()
    {
        FakeCamera.Write(Path.Combine(_files, "camera.y4m"));
        FakeMicrophone.Write(Path.Combine(_files, "microphone.wav"));
        Directory.CreateDirectory(Path.Combine(Paths.Artifacts, "screenshots"));
        _playwright = await Playwright.CreateAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var browser in new[] { _strict, _lenient })
        {
            await (browser?.CloseAsync() ?? Task.CompletedTask);
        }

        _playwright?.Dispose();
        _gate.Dispose();
        Directory.Delete(_files, recursive: true);
    }

    private async Task<IBrowser> OnceAsync(Func<IBrowser?> known, Action<IBrowser> keep, string argument)
    {
        await _gate.WaitAsync();
        try
        {
            if (known() is { IsConnected: true } browser)
            {
                return browser;
            }

            var fresh = await StartAsync(executable: null, argument);
            keep(fresh);
            return fresh;
        }
        finally
        {
            _gate.Release();
        }
    }
}
