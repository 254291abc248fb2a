namespace Streaming.Tests.Shared.Servers;

/// <summary>Numbers of which each belongs to one test process at a time: which ports it takes, and which networks it makes.</summary>
/// <remarks>A number is a file that the process holds locked; it is free again when the process ends, however it ends.</remarks>
internal static class Allotment
{
    private static readonly List<FileStream> Held = [];

    /// <summary>Takes the first number that no other process has, until this process ends.</summary>
    /// <param name="what">Of which kind, as part of a file's name.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>From 0 to <paramref name="count"/> − 1.</returns>
    /// <exception cref="InvalidOperationException">All of them are taken.</exception>
    public static int Take(string what, int count)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"streaming-tests-{Environment.UserName}")).FullName;
        for (var number = 0; number < count; number++)
        {
            try
            {
                var file = new FileStream(Path.Combine(directory, $"{what}-{number}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                lock (Held)
                {
                    Held.Add(file);
                }

                return number;
            }
            catch (IOException)
            {
                // Another process has it; the next one then.
            }
        }

        throw new InvalidOperationException($"All {count} numbers for {what} in {directory} are taken by test processes that still run.");
    }
}
