using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Rekey.Local.FunctionsHost;
using Rekey.Local.FunctionsHost.Worker;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>All that goes between our host and its workers: messages, bytes of HTTP, and what the app says of itself.</summary>
internal sealed class HostTrace : IWorkerWatcher
{
    private static readonly JsonFormatter Json = new(
        new JsonFormatter.Settings(formatDefaultValues: false).WithPreserveProtoFieldNames(true)
    );

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<TracedLine> lines = [];
    private readonly Dictionary<string, string> functions = [];
    private readonly Dictionary<string, string> invocations = [];
    private int workers;

    public IReadOnlyList<TracedLine> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    /// <summary>The time of a line that came now.</summary>
    public TimeSpan Now => clock.Elapsed;

    public int Count
    {
        get
        {
            lock (lines)
            {
                return lines.Count;
            }
        }
    }

    public IReadOnlyList<TracedLine> Of(string type, string function = "") =>
        [.. Lines.Where(line => line.Type == type && (function.Length == 0 || line.Function == function))];

    public IReadOnlyList<JsonNode> Invocations(string function) =>
        [.. Of("InvocationRequest", function).Select(line => line.Data!["invocation_request"]!)];

    /// <summary>Waits until there are that many of them.</summary>
    public async Task<IReadOnlyList<TracedLine>> WaitAsync(string type, string function, int count)
    {
        await Poll.UntilAsync(() => Of(type, function).Count >= count);
        return Of(type, function);
    }

    /// <summary>Waits until the app has said that, which it does on its standard output.</summary>
    public async Task<TracedLine> AppAsync(string text, int count = 1)
    {
        await Poll.UntilAsync(() => Of("app").Count(line => line.Function == text) >= count);
        return Of("app").Where(line => line.Function == text).ElementAt(count - 1);
    }

    public void Hear(HostLogLine line)
    {
        if (line.Text.StartsWith("app: ", StringComparison.Ordinal))
        {
            Add("app", "app", line.Text["app: ".Length..], data: null);
        }
    }

    void IWorkerWatcher.Sent(StreamingMessage message) => Add("host->worker", message);

    void IWorkerWatcher.Received(StreamingMessage message) => Add("worker->host", message);

    Stream IWorkerWatcher.Connected(Stream connection)
    {
        Add("host->worker.http", "opened", "", data: null);
        return new Tee(connection, this);
    }

    private void Add(string direction, StreamingMessage message)
    {
        var data = message.ContentCase == StreamingMessage.ContentOneofCase.None ? null : JsonNode.Parse(Json.Format(message));
        lock (lines)
        {
            switch (message.ContentCase)
            {
                case StreamingMessage.ContentOneofCase.StartStream:
                    workers++;
                    break;
                case StreamingMessage.ContentOneofCase.FunctionLoadRequest:
                    functions[message.FunctionLoadRequest.FunctionId] = message.FunctionLoadRequest.Metadata.Name;
                    break;
                case StreamingMessage.ContentOneofCase.InvocationRequest:
                    invocations[message.InvocationRequest.InvocationId] = functions[message.InvocationRequest.FunctionId];
                    break;
                default:
                    break;
            }
        }

        var invocation = message.InvocationRequest?.InvocationId
            ?? message.InvocationResponse?.InvocationId
            ?? message.InvocationCancel?.InvocationId
            ?? message.RpcLog?.InvocationId
            ?? "";
        Add(
            direction,
            message.ContentCase == StreamingMessage.ContentOneofCase.None ? "(empty StreamingMessage)" : message.ContentCase.ToString(),
            invocations.GetValueOrDefault(invocation, ""),
            data
        );
    }

    private void Add(string direction, string type, string function, JsonNode? data)
    {
        lock (lines)
        {
            lines.Add(new TracedLine(clock.Elapsed, direction, type, function, workers, data));
        }
    }

    /// <summary>A connection whose bytes are noted.</summary>
    private sealed class Tee(Stream inner, HostTrace trace) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if (read > 0)
            {
                Note("worker->host.http", buffer.Span[..read]);
            }

            return read;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Note("host->worker.http", buffer.Span);
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                trace.Add("host->worker.http", "closed", "", data: null);
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Note(string direction, ReadOnlySpan<byte> bytes) =>
            trace.Add(
                direction,
                "bytes",
                "",
                new JsonObject { ["count"] = bytes.Length, ["text"] = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 8192)]) }
            );
    }
}
