using Streaming.Benchmarks.Guard;

namespace Streaming.Benchmarks.Tests.Guard;

public class MachineTests
{
    // One name stands for many processors where a hypervisor says it; family, model and what it can do tell them apart.
    [Fact]
    public void AProcessorIsItsNameItsNumbersAndWhatEncrypts() => Assert.Equal(
        "Some CPU, family 26 model 2 stepping 1, aes vaes avx2",
        Machine.ReadCpu(["processor\t: 0", "cpu family\t: 26", "model\t\t: 2", "model name\t: Some CPU", "stepping\t: 1", "flags\t\t: fpu avx2 aes vaes x", "", "model name\t: Second CPU"]));

    [Fact]
    public void WhereLinuxSaysLittleLittleIsSaid() => Assert.Equal("?, family ? model ? stepping ?, ", Machine.ReadCpu(["Features\t: fp asimd aes"]));
}
