// One test at a time, unless asked otherwise. The trait "Kind" says what a test needs of the machine:
//   Waits     hardly anything: it mostly waits for leases, graces and failures to pass
//   Measures  all of it: rates, times, freezes, what the kernel drops
//   neither   a share: it says what happens, and its limits are for a world that stands still
// tests/run lets the first go on beside the other suites and the last behind them, two classes of either at a time, and keeps the machine quiet for the second.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
