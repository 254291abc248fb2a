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
        "load" => await LoadAsync(),
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
catch (LoadException failed)
{
    Console.Error.WriteLine(failed.Message);
    return 1;
}

async Task<int> LoadAsync()
{
    var options = LoadOptionsReader.Read(args.AsSpan(1), Environment.ProcessorCount);
    if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
    {
        throw new LoadException("The load run reads what a process costs from 64-bit Linux, and runs nowhere else.");
    }

    // Interrupted, it still ends the server that it has started.
    using var interrupted = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        interrupted.Cancel();
    };
    try
    {
        return await new LoadRun(options, Console.Out).RunAsync(interrupted.Token);
    }
    catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
    {
        Console.Error.WriteLine("Interrupted.");
        return 130;
    }
}
