using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Streaming.Server.Stores.Redis;
using Streaming.Server.Turn;

namespace Streaming.Server;

/// <summary>Checks the options at start. Each failure names the key, what is wrong, and what to write instead.</summary>
internal sealed class StreamingOptionsValidator : IValidateOptions<StreamingOptions>
{
    private const int MaxWebhooks = 10;
    private static readonly TimeSpan MaxGrace = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MaxUntilSnapshots = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxUntilClosed = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxLate = TimeSpan.FromMinutes(Attendance.ClassSettings.MaxMinutes);
    private static readonly TimeSpan MaxRetention = TimeSpan.FromDays(Attendance.ClassSettings.MaxDays);

    public ValidateOptionsResult Validate(string? name, StreamingOptions options)
    {
        var failures = new List<string>();
        Within(options.Rtc.Workers, 1, 64, "Rtc:Workers", "2");
        Within(options.Rtc.ViewersPerWorker, 10, 10_000, "Rtc:ViewersPerWorker", "400");
        Within(options.Rtc.GatherMicroseconds, 0, 1_000, "Rtc:GatherMicroseconds", "1000");
        Within(options.Rtc.VoiceBitrate, 6_000, 510_000, "Rtc:VoiceBitrate", "24000");
        Within(options.Limits.SeatsPerClass, 1, 10_000, "Limits:SeatsPerClass", "1200");
        Within(options.Limits.Classes, 1, 10_000, "Limits:Classes", "500");
        Within(options.Limits.ObserversPerServer, 0, 10_000, "Limits:ObserversPerServer", "200");
        Within(options.Hub.MaxWaiting, 4_096, 16_777_216, "Hub:MaxWaiting", "262144");
        HubTime(options.Hub.SnapshotsAfter, MaxUntilSnapshots, "Hub:SnapshotsAfter", "00:00:05");
        HubTime(options.Hub.CloseAfter, MaxUntilClosed, "Hub:CloseAfter", "00:00:20");
        Check(!string.IsNullOrWhiteSpace(options.DataDirectory), "DataDirectory is empty. Write a directory, for example --DataDirectory data.");
        Check(
            options.Grace >= TimeSpan.Zero && options.Grace <= MaxGrace,
            $"Grace is {options.Grace}. Write a time from 00:00:00 to {MaxGrace}, for example --Grace 00:00:15.");
        LessonTime(options.Attendance.LateAfter, "Attendance:LateAfter");
        LessonTime(options.Attendance.EarlyBefore, "Attendance:EarlyBefore");
        Check(
            options.Attendance.Retention >= TimeSpan.FromDays(1) && options.Attendance.Retention <= MaxRetention,
            $"Attendance:Retention is {options.Attendance.Retention}. Write a number of days from 1 to {MaxRetention.TotalDays:0}, for example --Attendance:Retention 400.");
        Check(
            options.PublicUrl is null || IsOrigin(options.PublicUrl, withPath: true),
            $"PublicUrl is '{options.PublicUrl}'. Write the address that browsers use, for example --PublicUrl https://live.example.org.");
        Check(
            options.Node.Url is not null || options.PublicUrl is null || options.Redis.Endpoints.Length == 0,
            "PublicUrl may stand for several servers, and Redis:Endpoints says that there may be some. Write the address at which browsers find this very "
            + "server, for example --Node:Url https://node-2.live.example.org; with one server, the same as PublicUrl.");
        Check(
            options.Node.Url is null || IsOrigin(options.Node.Url, withPath: true),
            $"Node:Url is '{options.Node.Url}'. Write the address at which browsers find this server, for example --Node:Url https://node-2.live.example.org.");
        Check(
            options.Rtc.Port == 0 || (options.Rtc.Port >= 1_024 && options.Rtc.Port + options.Rtc.Workers - 1 <= 65_535),
            $"Rtc:Port is {options.Rtc.Port}, and {options.Rtc.Workers} workers take one port each. "
            + "Write a port from 1024 up that leaves room for them below 65536, for example --Rtc:Port 18443, or 0 for any.");
        Check(
            options.Rtc.TcpPort is -1 or 0 or (>= 1 and <= 65_535),
            $"Rtc:TcpPort is {options.Rtc.TcpPort}. Write a port, for example --Rtc:TcpPort 443, 0 for the number of Rtc:Port, or -1 for media by UDP alone.");
        Check(
            RtcSettings.TryReadPortKind(options.Rtc.UseLinuxPort, out _),
            $"Rtc:UseLinuxPort is '{options.Rtc.UseLinuxPort}'. Write auto, on or off.");
        Check(
            options.Rtc.SegmentedSends is "on" or "off",
            $"Rtc:SegmentedSends is '{options.Rtc.SegmentedSends}'. Write on or off.");
        Check(
            RtcSettings.TryReadGcm(options.Rtc.Gcm, out _),
            $"Rtc:Gcm is '{options.Rtc.Gcm}'. Write auto, wide, narrow or openssl.");
        failures.AddRange(TurnSectionChecks.Problems(options.Turn));
        failures.AddRange(RedisSectionChecks.Problems(options.Redis));
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

        CheckWebhooks(options.Webhooks);
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

        void LessonTime(TimeSpan value, string key) => Check(
            value >= TimeSpan.Zero && value <= MaxLate,
            $"{key} is {value}. Write a time from 00:00:00 to {MaxLate}, for example --{key} 00:05:00.");

        void HubTime(TimeSpan value, TimeSpan most, string key, string example) => Check(
            value >= TimeSpan.FromSeconds(1) && value <= most,
            $"{key} is {value}. Write a time from 00:00:01 to {most}, for example --{key} {example}.");

        void CheckWebhooks(WebhooksSection webhooks)
        {
            const string Example = "for example --Webhooks:Urls https://school.example.org/hooks/presence.";
            Check(
                webhooks.Urls.Length <= MaxWebhooks,
                $"Webhooks:Urls has {webhooks.Urls.Length} addresses. Write {MaxWebhooks} at most; a receiver can pass events on.");
            Check(
                webhooks.Urls.Distinct(StringComparer.Ordinal).Count() == webhooks.Urls.Length,
                "Webhooks:Urls has an address twice. Write each address once; it would be told everything twice.");
            foreach (var url in webhooks.Urls)
            {
                // What stands behind the question mark is often a secret, and this line goes to a console.
                var shown = url.Split('?')[0];
                if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
                {
                    failures.Add($"Webhooks:Urls has '{shown}'. Write the whole address that events are posted to, {Example}");
                    continue;
                }

                Check(
                    uri.UserInfo.Length == 0 && uri.Fragment.Length == 0,
                    $"Webhooks:Urls has an address of {uri.Authority} with a user name or a '#'. Write it without, {Example} The signature says who sent an event.");
                Check(
                    uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback || webhooks.AllowHttp,
                    $"Webhooks:Urls has '{shown}', which would carry names unencrypted. Write https, {Example} "
                    + "In a network that nobody else can read, write --Webhooks:AllowHttp true.");
            }
        }

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
