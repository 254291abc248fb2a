using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Streaming.HubProtocol.Format;
using Streaming.HubProtocol.Values;

namespace Streaming.HubProtocol;

/// <summary>Reads hub messages. What is wrong with a message ends the connection; what is wrong with a value in it ends that call alone.</summary>
internal sealed class HubMessageReader(Shapes shapes)
{
    /// <summary>Reads one whole message.</summary>
    /// <returns>Null for a kind of message that is not known.</returns>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public HubMessage? Read(ReadOnlySpan<byte> message, IInvocationBinder binder)
    {
        var reader = new MessagePackReader(message);
        var count = reader.ReadArrayHeader();
        Need(count, 1, "A message");
        return reader.ReadInt64() switch
        {
            MessageType.Invocation => ReadInvocation(ref reader, count, binder, streams: false),
            MessageType.StreamInvocation => ReadInvocation(ref reader, count, binder, streams: true),
            MessageType.StreamItem => ReadStreamItem(ref reader, count, binder),
            MessageType.Completion => ReadCompletion(ref reader, count, binder),
            MessageType.CancelInvocation => ReadCancel(ref reader, count),
            MessageType.Ping => PingMessage.Instance,
            MessageType.Close => ReadClose(ref reader, count),
            MessageType.Ack => new AckMessage(ReadSequenceId(ref reader, count)),
            MessageType.Sequence => new SequenceMessage(ReadSequenceId(ref reader, count)),
            _ => null,
        };
    }

    private HubInvocationMessage ReadInvocation(ref MessagePackReader reader, int count, IInvocationBinder binder, bool streams)
    {
        // The ids of streams came with a later version of the protocol.
        Need(count, 5, "An invocation");
        var headers = ReadHeaders(ref reader);
        var id = reader.ReadNullableString();
        if (streams && id is null)
        {
            throw new InvalidDataException("An invocation of a stream has an id.");
        }

        var name = reader.ReadUtf8();
        var target = binder.GetTarget(name) ?? Encoding.UTF8.GetString(name);
        var arguments = ReadArguments(ref reader, binder, target, out var failure);
        var streamIds = count > 5 ? ReadStrings(ref reader) : [];
        HubInvocationMessage message = failure is not null ? new InvocationBindingFailureMessage(id, target, failure)
            : streams ? new StreamInvocationMessage(id!, target, arguments, streamIds)
            : new InvocationMessage(id, target, arguments, streamIds);
        return With(headers, message);
    }

    private object?[] ReadArguments(ref MessagePackReader reader, IInvocationBinder binder, string target, out ExceptionDispatchInfo? failure)
    {
        failure = null;
        var count = reader.ReadArrayHeader();
        IReadOnlyList<Type> types = [];
        try
        {
            types = binder.GetParameterTypes(target);
            if (types.Count != count)
            {
                throw new InvalidDataException($"{target} takes {types.Count} arguments, and {count} are given.");
            }
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);   // a method that is not there is the caller's mistake, and theirs to hear of
        }

        var arguments = new object?[failure is null ? count : 0];
        for (var i = 0; i < count; i++)
        {
            var argument = reader.ReadRaw();
            if (failure is null)
            {
                arguments[i] = Bind(argument, types[i], out failure);
            }
        }

        return arguments;
    }

    private HubMessage ReadStreamItem(ref MessagePackReader reader, int count, IInvocationBinder binder)
    {
        Need(count, 4, "A stream's item");
        var headers = ReadHeaders(ref reader);
        var id = reader.ReadString();
        var raw = reader.ReadRaw();
        object? item = null;
        ExceptionDispatchInfo? failure = null;
        try
        {
            item = Bind(raw, binder.GetStreamItemType(id), out failure);
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);   // no such stream
        }

        return failure is null ? With(headers, new StreamItemMessage(id, item)) : new StreamBindingFailureMessage(id, failure);
    }

    private CompletionMessage ReadCompletion(ref MessagePackReader reader, int count, IInvocationBinder binder)
    {
        Need(count, 4, "A completion");
        var headers = ReadHeaders(ref reader);
        var id = reader.ReadString();
        var kind = reader.ReadInt64();
        if (kind != ResultKind.Void)
        {
            Need(count, 5, "A completion with a result or an error");
        }

        return With(headers, kind switch
        {
            ResultKind.Error => CompletionMessage.WithError(id, reader.ReadString()),
            ResultKind.Void => CompletionMessage.Empty(id),
            ResultKind.Value => ReadResult(id, reader.ReadRaw(), binder),
            _ => throw new InvalidDataException($"A completion has the kind 1, 2 or 3, not {kind}."),
        });
    }

    private CompletionMessage ReadResult(string id, ReadOnlySpan<byte> raw, IInvocationBinder binder)
    {
        Type type;
        try
        {
            type = binder.GetReturnType(id);
        }
        catch (Exception)
        {
            return CompletionMessage.WithResult(id, null);   // nobody waits for it any more
        }

        if (type == typeof(RawResult))
        {
            return CompletionMessage.WithResult(id, new RawResult(new ReadOnlySequence<byte>(raw.ToArray())));
        }

        var result = Bind(raw, type, out var failure);
        return failure is null
            ? CompletionMessage.WithResult(id, result)
            : CompletionMessage.WithError(id, $"The result cannot be read as {type.Name}: {failure.SourceException.Message}");
    }

    private static CancelInvocationMessage ReadCancel(ref MessagePackReader reader, int count)
    {
        Need(count, 3, "A cancellation");
        var headers = ReadHeaders(ref reader);
        return With(headers, new CancelInvocationMessage(reader.ReadString()));
    }

    private static CloseMessage ReadClose(ref MessagePackReader reader, int count)
    {
        Need(count, 2, "A close");
        var error = reader.ReadNullableString();
        return new CloseMessage(error, allowReconnect: count > 2 && reader.ReadBoolean());
    }

    private static long ReadSequenceId(ref MessagePackReader reader, int count)
    {
        Need(count, 2, "An acknowledgement or a sequence");
        return reader.ReadInt64();
    }

    private object? Bind(ReadOnlySpan<byte> raw, Type type, out ExceptionDispatchInfo? failure)
    {
        failure = null;
        try
        {
            return shapes.Read(raw, type);
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);   // a converter may throw anything
            return null;
        }
    }

    private static Dictionary<string, string>? ReadHeaders(ref MessagePackReader reader)
    {
        var count = reader.ReadMapHeader();
        if (count == 0)
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            headers[name] = reader.ReadString();
        }

        return headers;
    }

    private static string[] ReadStrings(ref MessagePackReader reader)
    {
        var strings = new string[reader.ReadArrayHeader()];
        for (var i = 0; i < strings.Length; i++)
        {
            strings[i] = reader.ReadString();
        }

        return strings;
    }

    private static T With<T>(Dictionary<string, string>? headers, T message) where T : HubInvocationMessage
    {
        message.Headers = headers;
        return message;
    }

    private static void Need(int count, int least, string what)
    {
        if (count < least)
        {
            throw new InvalidDataException($"{what} has {least} parts at least, not {count}.");
        }
    }
}
