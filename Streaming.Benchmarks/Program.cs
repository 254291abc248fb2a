using Streaming.Benchmarks;
using BenchmarkDotNet.Running;
using Streaming.Benchmarks.Load;

if (args is not ["load", ..])
{
    BenchmarkSwitcher.FromAssembly(typeof(SrtpBenchmarks).Assembly).Run(args);
    return 0;
}

try
{
    return await new LoadRun(LoadOptions.Read(args.AsSpan(1))).RunAsync(Console.Out);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
