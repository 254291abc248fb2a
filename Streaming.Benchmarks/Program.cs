using Streaming.Benchmarks;
using BenchmarkDotNet.Running;
using Streaming.Benchmarks.Bell;
using Streaming.Benchmarks.Guard;
using Streaming.Benchmarks.Load;
using Streaming.Benchmarks.Store;

if (args is not ["load" or "store" or "bell" or "guard" or "nightly" or Measurement.Command, ..])
{
    BenchmarkSwitcher.FromAssembly(typeof(SrtpBenchmarks).Assembly).Run(args);
    return 0;
}

try
{
    return args[0] switch
    {
        "load" => await new LoadRun(LoadOptions.Read(args.AsSpan(1))).RunAsync(Console.Out),
        "store" => await new StoreRun(StoreOptions.Read(args.AsSpan(1))).RunAsync(Console.Out),
        "guard" => await new GuardRun(GuardOptions.Read(args.AsSpan(1))).RunAsync(Console.Out),
        "nightly" => Nightly.Run(args[1..]),
        Measurement.Command => Measurement.Run(args[1], args[2]),
        _ => await new BellRun(BellOptions.Read(args.AsSpan(1))).RunAsync(Console.Out),
    };
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
