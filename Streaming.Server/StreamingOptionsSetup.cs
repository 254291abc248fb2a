using Microsoft.Extensions.Options;

namespace Streaming.Server;

/// <summary>Reads the options from the configuration.</summary>
internal static class StreamingOptionsSetup
{
    public static void AddStreamingOptions(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptionsWithValidateOnStart<StreamingOptions, StreamingOptionsValidator>()
            .Configure(options => Read(builder.Configuration, options));
        builder.Services.AddSingleton(provider => RtcSettings.Read(provider.GetRequiredService<IOptions<StreamingOptions>>().Value.Rtc));
        UseDefaultUrl(builder);
    }

    /// <summary>Reads and checks, outside of a running server.</summary>
    /// <exception cref="OptionsValidationException">A value cannot be used; the failures say what to write instead.</exception>
    public static StreamingOptions ReadChecked(IConfiguration configuration)
    {
        var options = new StreamingOptions();
        Read(configuration, options);
        var result = new StreamingOptionsValidator().Validate(null, options);
        return result.Failed ? throw new OptionsValidationException("", typeof(StreamingOptions), result.Failures) : options;
    }

    private static void Read(IConfiguration configuration, StreamingOptions options)
    {
        try
        {
            configuration.Bind(options);
        }
        catch (InvalidOperationException unreadable)
        {
            // The binder's sentence names the value and the key; the key's kind it names as a .NET type.
            throw new OptionsValidationException(
                "", typeof(StreamingOptions), [$"{unreadable.Message} Write a value of that kind, for example --Rtc:Port 18443 or --Grace 00:00:15."]);
        }

        options.Rtc.PublicAddresses = List("Rtc:PublicAddresses") ?? options.Rtc.PublicAddresses;
        options.Turn.Urls = List("Turn:Urls") ?? options.Turn.Urls;
        options.Redis.Endpoints = List("Redis:Endpoints") ?? options.Redis.Endpoints;
        options.Cors.Origins = List("Cors:Origins") ?? options.Cors.Origins;
        options.Webhooks.Urls = List("Webhooks:Urls") ?? options.Webhooks.Urls;
        options.Telemetry.Exported = List("Telemetry:Exported") ?? options.Telemetry.Exported;

        // The binder appends to a default list, and leaves a list in one line out.
        string[]? List(string key)
        {
            var section = configuration.GetSection(key);
            return section.Value is { } line ? line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : section.GetChildren().Any() ? [.. section.GetChildren().Select(child => child.Value ?? "")]
                : null;
        }
    }

    private static void UseDefaultUrl(WebApplicationBuilder builder)
    {
        string[] keys = [WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];
        if (Array.TrueForAll(keys, key => string.IsNullOrEmpty(builder.Configuration[key])) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(StreamingOptions.DefaultUrl);
        }
    }
}
