using Microsoft.AspNetCore.SignalR;

namespace Streaming.Server.Tests.HubProtocol;

/// <summary>A hub's knowledge of its methods, as a protocol asks for it.</summary>
internal sealed class Binder(params Type[] parameters) : IInvocationBinder
{
    public static readonly Type[] None = [];

    /// <summary>The only method there is.</summary>
    public string Method { get; init; } = "method";

    /// <summary>What the awaited result is; null when nothing is awaited.</summary>
    public Type? Result { get; init; }

    /// <summary>What a stream's items are; null when there is no stream.</summary>
    public Type? Item { get; init; }

    public IReadOnlyList<Type> GetParameterTypes(string methodName) =>
        methodName == Method ? parameters : throw new InvalidOperationException($"There is no method {methodName}.");

    public Type GetReturnType(string invocationId) => Result ?? throw new InvalidOperationException("Nothing is awaited.");

    public Type GetStreamItemType(string streamId) => Item ?? throw new KeyNotFoundException("There is no stream.");
}
