using Streaming.Benchmarks;
using BenchmarkDotNet.Running;
using Streaming.Benchmarks.Bell;
using Streaming.Benchmarks.Hub;
using Streaming.Benchmarks.Load;
using Streaming.Benchmarks.Store;

if (args is not ["load" or "store" or "bell" or "hub" or HubServer.Verb, ..])
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
        "hub" => await new HubRun(HubOptions.Read(args.AsSpan(1))).RunAsync(Console.Out),
        HubServer.Verb => await HubServer.Read(args.AsSpan(1)).RunAsync(Console.In, Console.Out),
        _ => await new BellRun(BellOptions.Read(args.AsSpan(1))).RunAsync(Console.Out),
    };
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
