using System.Collections.Frozen;

namespace Streaming.Server.Http;

/// <summary>All files that pages are made of, at one state, under one name.</summary>
/// <param name="version">Of the files' content: another one when any of them is another one.</param>
/// <param name="files">By their path below the pages' root, without a slash in front.</param>
internal sealed class PageFileSet(string version, FrozenDictionary<string, StoredFile> files)
{
    /// <summary>The name under which this state may be kept for ever.</summary>
    public string Version => version;

    /// <summary>The files, as they travel.</summary>
    public IReadOnlyList<StoredFile> All => files.Values;

    /// <summary>A file, as it travels.</summary>
    public bool TryGet(string path, out StoredFile? file) => files.TryGetValue(path, out file);

    /// <summary>A page whose references name this state of the files.</summary>
    public string Name(string html) => PageFiles.Folders.Aggregate(html, (text, folder) =>
        text.Replace($"=\"/{folder}", $"=\"/{PageFiles.Door}/{version}/{folder}", StringComparison.Ordinal));
}
