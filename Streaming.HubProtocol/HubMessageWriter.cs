using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Streaming.HubProtocol.Format;
using Streaming.HubProtocol.Values;

namespace Streaming.HubProtocol;

/// <summary>Writes hub messages, each as one array.</summary>
internal sealed class HubMessageWriter(Shapes shapes)
{
    public void Write(HubMessage message, MessagePackWriter writer)
    {
        switch (message)
        {
            case InvocationMessage invocation: WriteInvocation(MessageType.Invocation, invocation, writer); break;
            case StreamInvocationMessage invocation: WriteInvocation(MessageType.StreamInvocation, invocation, writer); break;
            case StreamItemMessage item: WriteStreamItem(item, writer); break;
            case CompletionMessage completion: WriteCompletion(completion, writer); break;
            case CancelInvocationMessage cancel: Begin(3, MessageType.CancelInvocation, cancel, writer); break;
            case PingMessage: Begin(1, MessageType.Ping, writer); break;
            case CloseMessage close: WriteClose(close, writer); break;
            case AckMessage ack:
                Begin(2, MessageType.Ack, writer);
                writer.WriteInteger(ack.SequenceId);
                break;
            case SequenceMessage sequence:
                Begin(2, MessageType.Sequence, writer);
                writer.WriteInteger(sequence.SequenceId);
                break;
            default: throw new InvalidDataException($"{message?.GetType().Name ?? "Null"} is no message that travels.");
        }
    }

    private void WriteInvocation(int type, HubMethodInvocationMessage message, MessagePackWriter writer)
    {
        Begin(6, type, message, writer);
        writer.WriteString(message.Target);
        writer.WriteArrayHeader(message.Arguments?.Length ?? 0);
        foreach (var argument in message.Arguments ?? [])
        {
            shapes.Write(writer, argument);
        }

        writer.WriteArrayHeader(message.StreamIds?.Length ?? 0);
        foreach (var id in message.StreamIds ?? [])
        {
            writer.WriteString(id);
        }
    }

    private void WriteStreamItem(StreamItemMessage message, MessagePackWriter writer)
    {
        Begin(4, MessageType.StreamItem, message, writer);
        shapes.Write(writer, message.Item);
    }

    private void WriteCompletion(CompletionMessage message, MessagePackWriter writer)
    {
        var kind = message.Error is not null ? ResultKind.Error : message.HasResult ? ResultKind.Value : ResultKind.Void;
        Begin(kind == ResultKind.Void ? 4 : 5, MessageType.Completion, message, writer);
        writer.WriteInteger(kind);
        switch (kind)
        {
            case ResultKind.Error: writer.WriteString(message.Error); break;
            case ResultKind.Value when message.Result is RawResult raw: writer.WriteRaw(raw.RawSerializedData); break;
            case ResultKind.Value: shapes.Write(writer, message.Result); break;
        }
    }

    private static void WriteClose(CloseMessage message, MessagePackWriter writer)
    {
        Begin(3, MessageType.Close, writer);
        writer.WriteNullableString(message.Error);
        writer.WriteBoolean(message.AllowReconnect);
    }

    private static void Begin(int count, int type, HubInvocationMessage message, MessagePackWriter writer)
    {
        Begin(count, type, writer);
        writer.WriteMapHeader(message.Headers?.Count ?? 0);
        if (message.Headers is not null)
        {
            foreach (var (name, value) in message.Headers)
            {
                writer.WriteString(name);
                writer.WriteString(value);
            }
        }

        writer.WriteNullableString(message.InvocationId);
    }

    private static void Begin(int count, int type, MessagePackWriter writer)
    {
        writer.WriteArrayHeader(count);
        writer.WriteInteger((long)type);
    }
}
