using System.Text;
using Streaming.Server.Access;
using Streaming.Server.Webhooks;

namespace Streaming.Server.Tests.Webhooks;

public sealed class WebhookSignerTests
{
    // The vector of the reference libraries: github.com/standard-webhooks/standard-webhooks, libraries/csharp/StandardWebhooks.Tests/WebhookTest.cs.
    private const string Key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Timestamp = 1_614_265_330;
    private const string Body = """{"test": 2432232314}""";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Fact]
    public void ThePublishedVectorComesOut() => Assert.Equal(Signature, Sign(Key));

    [Fact]
    public void WhileKeysAreChangedAnEventIsSignedWithBoth()
    {
        var parts = Sign("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", Key).Split(' ');

        Assert.Equal(2, parts.Length);
        Assert.NotEqual(Signature, parts[0]);
        Assert.Equal(Signature, parts[1]);
    }

    private static string Sign(params string[] keys) =>
        new WebhookSigner([.. keys.Select(key => WebhookKey.Parse(key)!)]).Sign(Id, Timestamp, Encoding.UTF8.GetBytes(Body));
}
