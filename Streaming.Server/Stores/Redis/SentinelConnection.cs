using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Streaming.Server.Stores.Redis;

/// <summary>One connection to one sentinel: StackExchange.Redis 1.2.6 does not follow them by itself.</summary>
/// <remarks>Failures are <see cref="IOException"/>, <see cref="SocketException"/> and <c>AuthenticationException</c>.</remarks>
internal sealed class SentinelConnection : IDisposable
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5);

    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly RespReader _answers;

    private SentinelConnection(TcpClient client, Stream stream) => (_client, _stream, _answers) = (client, stream, new RespReader(stream));

    /// <summary>Connects, and signs in when there is a password.</summary>
    public static async Task<SentinelConnection> OpenAsync(RedisSettings settings, EndPoint endpoint, CancellationToken cancellationToken)
    {
        var (host, port) = endpoint is DnsEndPoint named ? (named.Host, named.Port) : ($"{((IPEndPoint)endpoint).Address}", ((IPEndPoint)endpoint).Port);
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            Stream stream = client.GetStream();
            if (settings.Tls)
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, settings.Trust);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken).ConfigureAwait(false);
            }

            var connection = new SentinelConnection(client, stream);
            await connection.SignInAsync(settings.Password, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Where the master of a service is; null when this sentinel does not know the service.</summary>
    public async Task<EndPoint?> MasterAsync(string service, CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", service).ConfigureAwait(false);
        return await _answers.ReadAsync(cancellationToken).ConfigureAwait(false) is [{ } host, { } port] ? Endpoint(host, port) : null;
    }

    /// <summary>Listens until the connection breaks.</summary>
    /// <param name="service">The service.</param>
    /// <param name="moved">Told when the service has another master, and once at the beginning.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ListenAsync(string service, Action moved, TimeProvider time, CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken, "SUBSCRIBE", "+switch-master").ConfigureAwait(false);
        using var pings = time.CreateTimer(_ => Ping(), null, PingInterval, PingInterval);
        while (true)
        {
            using var silence = new CancellationTokenSource(PingInterval * 3, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
            switch (await _answers.ReadAsync(limit.Token).ConfigureAwait(false))
            {
                case ["subscribe", ..]:
                    moved();
                    break;
                case ["message", _, { } text] when text.Split(' ') is [var name, ..] && name == service:
                    moved();
                    break;
            }
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
    }

    private async Task SignInAsync(string? password, CancellationToken cancellationToken)
    {
        if (password is null)
        {
            return;
        }

        await SendAsync(cancellationToken, "AUTH", password).ConfigureAwait(false);
        try
        {
            await _answers.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SentinelRefusalException refusal) when (refusal.Message.Contains("without any password", StringComparison.Ordinal))
        {
            // Redis has a password and its sentinels have none: usual.
        }
    }

    // Nothing else is sent while listening.
    private async void Ping()
    {
        try
        {
            await SendAsync(CancellationToken.None, "PING").ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The reader sees it, too.
        }
    }

    private Task SendAsync(CancellationToken cancellationToken, params string[] words)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words)
        {
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        }

        return _stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken).AsTask();
    }

    private static EndPoint Endpoint(string host, string port)
    {
        var number = int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture);
        return IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, number) : new DnsEndPoint(host, number);
    }
}
