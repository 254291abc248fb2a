using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Streaming.Benchmarks.Guard;

/// <summary>What a ratio depends on besides the code.</summary>
/// <param name="Cpu">Name, family, model and stepping, and the instructions that encrypt.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="OpenSsl">The version of OpenSSL.</param>
internal sealed record Machine(string Cpu, string Runtime, string OpenSsl)
{
    private static readonly string[] Telling = ["aes", "vaes", "vpclmulqdq", "avx2", "avx512f", "sha_ni"];

    /// <summary>This one.</summary>
    public static Machine Here { get; } = new(
        File.Exists("/proc/cpuinfo") ? ReadCpu(File.ReadLines("/proc/cpuinfo")) : RuntimeInformation.ProcessArchitecture.ToString(),
        RuntimeInformation.FrameworkDescription,
        OperatingSystem.IsWindows() ? "none" : $"0x{SafeEvpPKeyHandle.OpenSslVersion:x}");

    /// <summary>Reads what Linux says of the first processor.</summary>
    public static string ReadCpu(IEnumerable<string> lines)
    {
        var said = lines
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var flags = said.GetValueOrDefault("flags", "").Split(' ');
        return $"{Say("model name")}, family {Say("cpu family")} model {Say("model")} stepping {Say("stepping")}, {string.Join(' ', Telling.Where(flags.Contains))}";

        string Say(string name) => said.GetValueOrDefault(name, "?");
    }
}
