namespace Streaming.Benchmarks.Load;

/// <summary>A load run cannot go on; the message says what happened and what would help.</summary>
internal sealed class LoadException(string message, Exception? inner = null) : Exception(message, inner);
