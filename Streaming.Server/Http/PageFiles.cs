using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Streaming.Server.Http;

/// <summary>The files of the pages, held ready as they travel; a browser that has them never asks for them again.</summary>
/// <remarks>
/// They lie under <c>/page/{version}/</c>, where the version is a hash over all of them. One name for all, because modules name each other by relative
/// paths, and nothing has to be rewritten in them. A page that is older than the server asks under the former name, and gets what there is now, not to be
/// kept. So what such a page asks for later may not fit what it has; browsers tell when they link it, and the page is loaded anew.
/// </remarks>
internal sealed class PageFiles(IWebHostEnvironment environment, TimeProvider time)
{
    /// <summary>The first part of their addresses.</summary>
    public const string Door = "page";

    /// <summary>What belongs to pages, besides the pages themselves: folders and single files.</summary>
    public static readonly string[] Folders = ["css/", "js/", "lib/", "locales/", "favicon.svg"];

    private const string ForEver = "public, max-age=31536000, immutable";

    // Files change while somebody works on them; a running service pays a look at a hundred names a second, at most.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly Lock _looking = new();
    private long _lookedAt;
    private string _seen = "";
    private PageFileSet? _current;

    /// <summary>The files as they are now.</summary>
    public PageFileSet Current
    {
        get
        {
            lock (_looking)
            {
                if (_current is { } known && time.GetElapsedTime(_lookedAt) < LookAgainAfter)
                {
                    return known;
                }

                _lookedAt = time.GetTimestamp();
                var found = Folders.SelectMany(Find).ToList();
                var seen = string.Join('\n', found.Select(one => $"{one.Path} {one.File.LastModified.Ticks} {one.File.Length}"));
                (_current, _seen) = _current is { } same && seen == _seen ? (same, seen) : (Read(found), seen);
                return _current;
            }
        }
    }

    /// <summary>Answers for a file under a version.</summary>
    public Task SendAsync(HttpContext context, string version, string path)
    {
        var now = Current;
        if (now.TryGet(path, out var file))
        {
            PageHeaders.LeaveOutPolicies(context, path);
            return file!.SendAsync(context, version == now.Version ? ForEver : "no-cache");
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>A file's text as a page may bring it along: a browser hashes what it has parsed, and parsing turns CR LF into LF.</summary>
    public static string ReadText(IFileInfo file)
    {
        using var reader = new StreamReader(file.CreateReadStream(), Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private IEnumerable<(string Path, IFileInfo File)> Find(string folder) => folder.EndsWith('/')
        ? environment.WebRootFileProvider.GetDirectoryContents(folder).OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .SelectMany(entry => entry.IsDirectory ? Find($"{folder}{entry.Name}/") : [(folder + entry.Name, entry)])
        : [(folder, environment.WebRootFileProvider.GetFileInfo(folder))];

    private static PageFileSet Read(List<(string Path, IFileInfo File)> found)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = new Dictionary<string, StoredFile>();
        foreach (var (path, file) in found.Where(one => one.File.Exists))
        {
            var text = ReadText(file);
            var content = Encoding.UTF8.GetBytes(path.StartsWith("lib/", StringComparison.Ordinal) ? text : SourceText.Condense(text));
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\n{content.Length}\n"));
            hash.AppendData(content);
            files.Add(path, new StoredFile(Types.TryGetContentType(path, out var type) ? $"{type}; charset=utf-8" : "application/octet-stream", content));
        }

        return new PageFileSet(Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8)), files.ToFrozenDictionary());
    }
}
