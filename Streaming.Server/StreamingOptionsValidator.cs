using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Streaming.Server;

/// <summary>Checks the options at start. Each failure names the key, what is wrong, and what to write instead.</summary>
internal sealed class StreamingOptionsValidator : IValidateOptions<StreamingOptions>
{
    private static readonly TimeSpan MaxGrace = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, StreamingOptions options)
    {
        var failures = new List<string>();
        Within(options.Rtc.Workers, 1, 64, "Rtc:Workers", "2");
        Within(options.Limits.SeatsPerClass, 1, 10_000, "Limits:SeatsPerClass", "1200");
        Within(options.Limits.Classes, 1, 10_000, "Limits:Classes", "500");
        Within(options.Limits.ObserversPerServer, 0, 10_000, "Limits:ObserversPerServer", "200");
        Check(!string.IsNullOrWhiteSpace(options.DataDirectory), "DataDirectory is empty. Write a directory, for example --DataDirectory data.");
        Check(
            options.Grace >= TimeSpan.Zero && options.Grace <= MaxGrace,
            $"Grace is {options.Grace}. Write a time from 00:00:00 to {MaxGrace}, for example --Grace 00:00:15.");
        Check(
            options.PublicUrl is null || IsOrigin(options.PublicUrl, withPath: true),
            $"PublicUrl is '{options.PublicUrl}'. Write the address that browsers use, for example --PublicUrl https://live.example.org.");
        Check(
            options.Rtc.Port == 0 || (options.Rtc.Port >= 1_024 && options.Rtc.Port + options.Rtc.Workers - 1 <= 65_535),
            $"Rtc:Port is {options.Rtc.Port}, and {options.Rtc.Workers} workers take one port each. "
            + "Write a port from 1024 up that leaves room for them below 65536, for example --Rtc:Port 18443, or 0 for any.");
        Check(
            RtcSettings.TryReadPortKind(options.Rtc.UseLinuxPort, out _),
            $"Rtc:UseLinuxPort is '{options.Rtc.UseLinuxPort}'. Write auto, on or off.");
        CheckAddresses(options.Rtc);
        if (failures.Count == 0)
        {
            // What only the media layer knows about this machine.
            failures.AddRange(RtcSettings.Read(options.Rtc).Problems().Select(problem => $"Section Rtc: {problem}"));
        }

        foreach (var origin in options.Cors.Origins)
        {
            Check(
                (origin == "*" && options.Cors.Origins.Length == 1) || IsOrigin(origin, withPath: false),
                $"Cors:Origins has '{origin}'. Write scheme, host and port only, for example --Cors:Origins https://school.example.org, or * alone.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string failure)
        {
            if (!holds)
            {
                failures.Add(failure);
            }
        }

        void Within(int value, int least, int most, string key, string example) =>
            Check(value >= least && value <= most, $"{key} is {value}. Write a number from {least} to {most}, for example --{key} {example}.");

        void CheckAddresses(RtcSection rtc)
        {
            if (!RtcSettings.TryReadAddress(rtc.Address, out var listening))
            {
                failures.Add($"Rtc:Address is '{rtc.Address}'. Write an IP address of this machine, localhost, or any, for example --Rtc:Address 192.0.2.7.");
                return;
            }

            Check(
                rtc.PublicAddresses.Length > 0 || !RtcSettings.IsAny(listening),
                $"Rtc:Address is '{rtc.Address}', which no browser can send to. "
                + "Write the addresses that browsers reach this machine by, for example --Rtc:PublicAddresses 203.0.113.7.");
            foreach (var address in rtc.PublicAddresses)
            {
                Check(
                    IPAddress.TryParse(address, out var parsed) && !RtcSettings.IsAny(parsed),
                    $"Rtc:PublicAddresses has '{address}'. Write IP addresses, for example --Rtc:PublicAddresses 203.0.113.7,2001:db8::7.");
                Check(
                    parsed?.AddressFamily != AddressFamily.InterNetworkV6 || listening.AddressFamily == AddressFamily.InterNetworkV6,
                    $"Rtc:PublicAddresses has '{address}', but Rtc:Address is '{rtc.Address}', which serves IPv4 only. Write --Rtc:Address any.");
            }
        }
    }

    private static bool IsOrigin(string text, bool withPath) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.Query.Length == 0 && uri.Fragment.Length == 0
        && (withPath || (uri.AbsolutePath == "/" && !text.EndsWith('/')));
}
