using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Server.Access;

/// <summary>The server's own directory: keys, lessons. What is in it is nobody else's to read.</summary>
internal sealed class DataDirectory
{
    /// <summary>The length of a generated key, in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>How often, and after how long, somebody who makes the same file is waited for.</summary>
    private const int Attempts = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private DataDirectory(string root) => Root = root;

    /// <summary>Its absolute path.</summary>
    public string Root { get; }

    /// <summary>Signs tickets (HMAC SHA-256).</summary>
    public required byte[] TicketKey { get; init; }

    /// <summary>Opens <c>POST /api/tickets</c>; as text, the way it is sent.</summary>
    public required string AdminKey { get; init; }

    /// <summary>Sign webhooks (HMAC SHA-256): each event with every one of them.</summary>
    public required IReadOnlyList<byte[]> WebhookKeys { get; init; }

    /// <summary>Names this server among several, the same over its restarts.</summary>
    public required string NodeId { get; init; }

    /// <summary>Opens the directory, and makes it and its keys where they are missing.</summary>
    /// <exception cref="DataDirectoryException">It cannot be used; the message says what to do.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            var root = Path.GetFullPath(path);
            MakePrivate(root);
            var keys = Path.Combine(root, "keys");
            MakePrivate(keys);
            return new DataDirectory(root)
            {
                TicketKey = Base64Url.DecodeFromChars(Key(Path.Combine(keys, "ticket.key"))),
                AdminKey = Key(Path.Combine(keys, "admin.key")),
                WebhookKeys = WebhookKey.Read(Path.Combine(keys, "webhook.key")),
                NodeId = ReadNodeId(Path.Combine(root, "node.id")),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DataDirectoryException(
                $"The data directory '{path}' cannot be used: {failure.Message} Write a directory that this user may write, "
                + "for example --DataDirectory /var/lib/streaming.",
                failure);
        }
    }

    /// <summary>A folder of it, made when missing where that is possible.</summary>
    public string Folder(string name)
    {
        var path = Path.Combine(Root, name);
        MakePrivate(path);
        return path;
    }

    /// <summary>How to create a file that only this user can read.</summary>
    public static FileStreamOptions PrivateFile(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Makes a small file that only this user can read, unless it is there.</summary>
    /// <remarks>Of a server and a command line that start together, one makes the key and both use it.</remarks>
    public static void Make(string path, string text)
    {
        // A move that does not overwrite looks first and moves then: two that start together could both find nothing.
        var gate = $"{path}.lock";
        using var turn = WaitFor(gate);
        if (!File.Exists(path))
        {
            var temporary = $"{path}.new";
            using (var file = new FileStream(temporary, PrivateFile(FileMode.Create)))
            {
                file.Write(Encoding.ASCII.GetBytes(text + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: false);
        }

        // Who holds the removed file next finds the path there.
        File.Delete(gate);
    }

    private static FileStream WaitFor(string gate)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(gate, PrivateFile(FileMode.OpenOrCreate));
            }
            catch (IOException) when (attempt < Attempts && Directory.Exists(Path.GetDirectoryName(gate)))
            {
                Thread.Sleep(Pause);
            }
        }
    }

    private static void MakePrivate(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string Key(string path)
    {
        if (!File.Exists(path))
        {
            MakeKey(path);
        }

        var text = File.ReadAllText(path).Trim();
        Span<byte> key = stackalloc byte[KeyLength];
        return text.Length <= 2 * KeyLength && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, key, out var length) && length == KeyLength
            ? text
            : throw new DataDirectoryException(
                $"The key file '{path}' does not hold {KeyLength} bytes as base64url. Put its backup there, "
                + "or delete it: a new key is made at the next start, and tickets of the old one open nothing.");
    }

    private static string ReadNodeId(string path)
    {
        if (!File.Exists(path))
        {
            Make(path, Guid.NewGuid().ToString("N"));
        }

        var id = File.ReadAllText(path).Trim();
        return Contracts.Ids.IsValid(id)
            ? id
            : throw new DataDirectoryException($"The file '{path}' does not hold an id ({Contracts.Ids.Rule}). Delete it: a new one is made at the next start.");
    }

    private static void MakeKey(string path) => Make(path, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyLength)));
}

/// <summary>The data directory cannot be used; the message says what to do.</summary>
internal sealed class DataDirectoryException(string message, Exception? inner = null) : Exception(message, inner);
