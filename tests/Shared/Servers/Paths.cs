namespace Streaming.Tests.Shared.Servers;

/// <summary>Where things lie in the working copy.</summary>
internal static class Paths
{
    /// <summary>The root of the working copy.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The server's project: its content root.</summary>
    public static string ServerProject => Path.Combine(Root, "Streaming.Server");

    /// <summary>The server as built with the configuration of these tests.</summary>
    public static string ServerAssembly
    {
        get
        {
            // …/bin/<configuration>/<framework>/
            var output = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(ServerProject, "bin", output.Parent!.Name, output.Name, "Streaming.Server.dll");
        }
    }

    /// <summary>By-products of the tests; not committed.</summary>
    public static string Artifacts => Directory.CreateDirectory(Path.Combine(Root, "artifacts")).FullName;

    /// <summary>Makes a directory that only this test uses.</summary>
    public static string MakeTemporary() => Directory.CreateTempSubdirectory("streaming-e2e-").FullName;

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Streaming.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("The tests run outside of a working copy: no Streaming.sln above them.");
    }
}
