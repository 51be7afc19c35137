using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rekey.Benchmarks.Measuring;

/// <summary>
/// Requests over raw keep-alive connections, one at a time on each. Requests are bytes made beforehand, so that the client takes as
/// little of the machine as it can: it shares it with the server.
/// </summary>
internal sealed class Load(Uri address, IReadOnlyList<byte[]> requests, string wanted)
{
    private const int Connections = 32;

    private readonly byte[] _wanted = Encoding.ASCII.GetBytes(wanted);
    private long _next = -1;

    /// <summary>A form post.</summary>
    public static byte[] Request(Uri address, string path, string header, string token) =>
        Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\n{header}\r\nContent-Type: "
                + $"application/x-www-form-urlencoded\r\nContent-Length: {6 + token.Length}\r\n\r\ntoken={token}"
        );

    public async Task<LoadResult> RunAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var all = await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(_ => Task.Run(() => ConnectionAsync(watch, time, cancellationToken), cancellationToken))
        );
        var (seconds, times) = (watch.Elapsed.TotalSeconds, all.SelectMany(t => t).Order().ToList());
        return new(times.Count / seconds, Milliseconds(times[times.Count / 2]), Milliseconds(times[times.Count * 99 / 100]));
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private async Task<List<long>> ConnectionAsync(Stopwatch watch, TimeSpan time, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, cancellationToken);
        var (times, buffer) = (new List<long>(100_000), new byte[16 * 1024]);
        while (watch.Elapsed < time)
        {
            var request = requests[(int)(Interlocked.Increment(ref _next) % requests.Count)];
            var start = Stopwatch.GetTimestamp();
            await socket.SendAsync(request, cancellationToken);
            await ReplyAsync(socket, buffer, cancellationToken);
            times.Add(Stopwatch.GetTimestamp() - start);
        }

        return times;
    }

    private async Task ReplyAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        for (var (length, end) = (0, -1); end < 0 || length < end; )
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            length += read > 0 ? read : throw new IOException("The server closed the connection.");
            end = end >= 0 ? end : End(buffer.AsSpan(0, length));
            if (end == length && !(buffer.AsSpan(0, 12).SequenceEqual("HTTP/1.1 200"u8) && buffer.AsSpan(0, length).IndexOf(_wanted) >= 0))
            {
                throw new InvalidOperationException(
                    $"Not the reply that was wanted: {Encoding.UTF8.GetString(buffer, 0, Math.Min(length, 500))}"
                );
            }
        }
    }

    /// <summary>Where the reply ends; -1 while its head is not whole.</summary>
    private static int End(ReadOnlySpan<byte> reply)
    {
        var head = reply.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return -1;
        }

        var text = Encoding.ASCII.GetString(reply[..head]);
        if (text.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            var last = reply[head..].IndexOf("\r\n0\r\n\r\n"u8);
            return last < 0 ? -1 : head + last + 7;
        }

        var at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase) + "Content-Length: ".Length;
        var stop = text.IndexOf('\r', at);
        return head + 4 + int.Parse(text.AsSpan(at, (stop < 0 ? text.Length : stop) - at));
    }
}
