using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Streaming.Tests.Shared.Redis;

/// <summary>Starts Debian's Redis programs, and waits for what they do.</summary>
internal static class RedisPrograms
{
    /// <summary>Starts a program that stays.</summary>
    public static Process Start(string program, string directory, IEnumerable<string> arguments)
    {
        // What it prints is nothing; its log is a file.
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs redis-cli and gives back what it printed, errors and all.</summary>
    public static async Task<string> CliAsync(IEnumerable<string> arguments, string? password)
    {
        var start = new ProcessStartInfo("redis-cli", ["-h", "127.0.0.1", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (password is not null)
        {
            start.Environment["REDISCLI_AUTH"] = password;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var cli = Process.Start(start)!;
        var (output, errors) = (cli.StandardOutput.ReadToEndAsync(limit.Token), cli.StandardError.ReadToEndAsync(limit.Token));
        try
        {
            return $"{await output}{await errors}".Trim();
        }
        catch (OperationCanceledException)
        {
            cli.Kill();
            throw new TimeoutException($"redis-cli {string.Join(' ', arguments)} did not end.");
        }
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> holds, Func<string> orElse, TimeSpan patience)
    {
        var since = Stopwatch.StartNew();
        while (!await holds())
        {
            if (since.Elapsed > patience)
            {
                throw new TimeoutException(orElse());
            }

            await Task.Delay(25);
        }
    }

    /// <summary>A log, also while it is being written.</summary>
    public static string Read(string path)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }
}

/// <summary>Signals to a process that a test has started.</summary>
internal static partial class Signals
{
    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} to process {process}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
