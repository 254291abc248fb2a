using System.Globalization;

namespace Streaming.Benchmarks.Load;

/// <summary>What this process must be allowed to have before a run begins.</summary>
internal static class LoadLimits
{
    private const int Others = 300;   // connections to the server, the runtime's own files

    /// <exception cref="LoadException">Something is missing; the message says what, and how it is had.</exception>
    public static void Check(LoadOptions options)
    {
        // The runtime has raised its own limit as far as it may.
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var words = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var most = words[0] == "unlimited" ? long.MaxValue : long.Parse(words[0], CultureInfo.InvariantCulture);
        if (options.MostViewers + options.Classes + Others > most)
        {
            throw new LoadException(
                $"{options.MostViewers} viewers need as many sockets, but this process may have {most} files open. Raise it (ulimit -n {options.MostViewers + 1_000}).");
        }

        foreach (var file in new[] { options.JsonFile, options.MarkdownFile })
        {
            if (file is not null && Path.GetDirectoryName(Path.GetFullPath(file)) is { } directory && !Directory.Exists(directory))
            {
                throw new LoadException($"The folder of {file} is not there.");
            }
        }
    }
}
