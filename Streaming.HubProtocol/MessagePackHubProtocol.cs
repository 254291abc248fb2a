using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Streaming.HubProtocol.Format;
using Streaming.HubProtocol.Values;

namespace Streaming.HubProtocol;

/// <summary>SignalR's hub protocol in MessagePack, by its specification; what official clients call <c>messagepack</c>.</summary>
/// <remarks>
/// Values have the shapes of their JSON contracts, so a client that decodes maps into plain objects sees the same objects over either
/// protocol. Only bytes differ, on purpose: binary here, Base64 in JSON. Safe for any number of threads.
/// </remarks>
public sealed class MessagePackHubProtocol : IHubProtocol
{
    /// <summary>The longest message that is read unless somebody says otherwise, in bytes; a server has a limit of its own, far lower.</summary>
    public const int DefaultMostBytes = 16 * 1_024 * 1_024;

    private readonly HubMessageWriter _writer;
    private readonly HubMessageReader _reader;
    private readonly int _mostBytes;

    /// <summary>Makes a protocol whose values have the shapes that <paramref name="shapes"/> describe.</summary>
    /// <param name="shapes">Those of the JSON protocol beside it. Made read-only.</param>
    /// <param name="mostBytes">The longest message that is read, in bytes; at least 1.</param>
    public MessagePackHubProtocol(JsonSerializerOptions shapes, int mostBytes = DefaultMostBytes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBytes, 1);
        var known = new Shapes(shapes);
        _writer = new HubMessageWriter(known);
        _reader = new HubMessageReader(known);
        _mostBytes = mostBytes;
    }

    /// <inheritdoc/>
    public string Name => "messagepack";

    /// <inheritdoc/>
    /// <remarks>2 has what stateful reconnect needs, acknowledgements and sequence numbers.</remarks>
    public int Version => 2;

    /// <inheritdoc/>
    public TransferFormat TransferFormat => TransferFormat.Binary;

    /// <inheritdoc/>
    public bool IsVersionSupported(int version) => version is >= 1 and <= 2;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The bytes are no message: the connection cannot go on.</exception>
    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        // Kinds that are not known yet are passed over, as the specification's future wants it.
        while (MessageFrame.TryRead(ref input, _mostBytes, out var frame))
        {
            if (Parse(frame, binder) is { } parsed)
            {
                message = parsed;
                return true;
            }
        }

        message = null;
        return false;
    }

    /// <inheritdoc/>
    public void WriteMessage(HubMessage message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = MessagePackWriter.Rent();
        try
        {
            _writer.Write(message, writer);
            output.Write(writer.Frame());
        }
        finally
        {
            MessagePackWriter.Return(writer);
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message)
    {
        var writer = MessagePackWriter.Rent();
        try
        {
            _writer.Write(message, writer);
            return writer.Frame().ToArray();
        }
        finally
        {
            MessagePackWriter.Return(writer);
        }
    }

    private HubMessage? Parse(in ReadOnlySequence<byte> frame, IInvocationBinder binder)
    {
        if (frame.IsSingleSegment)
        {
            return _reader.Read(frame.FirstSpan, binder);
        }

        var length = (int)frame.Length;
        var joined = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            frame.CopyTo(joined);
            return _reader.Read(joined.AsSpan(0, length), binder);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }
}
