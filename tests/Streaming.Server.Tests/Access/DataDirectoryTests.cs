using Streaming.Server.Access;

namespace Streaming.Server.Tests.Access;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("streaming-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void KeysAreMadeOnceAndOnlyTheOwnerCanReadThem()
    {
        var data = Path.Combine(_root, "new", "data");

        var first = DataDirectory.Open(data);
        var second = DataDirectory.Open(data);

        Assert.Equal(first.TicketKey, second.TicketKey);
        Assert.Equal(first.AdminKey, second.AdminKey);
        Assert.Equal(32, first.TicketKey.Length);
        Assert.Equal(first.WebhookKeys.Single(), second.WebhookKeys.Single());
        Assert.Equal(32, first.WebhookKeys.Single().Length);
        foreach (var key in (string[])["ticket.key", "admin.key", "webhook.key"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "keys", key)));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(data, "keys")));
    }

    [Fact]
    public async Task ManyWhoStartTogetherUseOneKey()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => DataDirectory.Open(_root).AdminKey)));

        Assert.Single(keys.Distinct());
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_root, "keys")).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2hvcnQ")]
    [InlineData("not base64url at all !!!")]
    public void ABrokenKeyIsNotUsedAndTheMessageSaysWhatToDo(string content)
    {
        DataDirectory.Open(_root);
        File.WriteAllText(Path.Combine(_root, "keys", "ticket.key"), content);

        var failure = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_root));

        Assert.Contains("ticket.key", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Put its backup there", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AReceiverIsGivenTheWebhookKeyAsItStandsInItsFileAndAChangeOfKeysHasTwo()
    {
        var file = Path.Combine(_root, "keys", "webhook.key");
        var made = DataDirectory.Open(_root).WebhookKeys.Single();
        var text = File.ReadAllText(file);
        Assert.Equal($"whsec_{Convert.ToBase64String(made)}\n", text);

        File.WriteAllText(file, $"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\r\n{text}\n");

        Assert.Equal([Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), made], DataDirectory.Open(_root).WebhookKeys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nsomething else")]
    public void ABrokenWebhookKeyIsNotUsedEither(string content)
    {
        DataDirectory.Open(_root);
        File.WriteAllText(Path.Combine(_root, "keys", "webhook.key"), content);

        var failure = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_root));

        Assert.Contains("webhook.key", failure.Message, StringComparison.Ordinal);
        Assert.Contains("the receivers of webhooks have to be given it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APathThatCannotBeADirectorySaysWhatToWrite()
    {
        var file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");

        var failure = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(Path.Combine(file, "data")));

        Assert.Contains("--DataDirectory", failure.Message, StringComparison.Ordinal);
    }
}
