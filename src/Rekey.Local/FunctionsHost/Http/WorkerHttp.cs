using System.Net.Sockets;
using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>
/// The host's connections to the worker's HTTP port. A request that cannot be sent is tried ten times, as the real host does.
/// </summary>
internal sealed class WorkerHttp : IDisposable
{
    private readonly SocketsHttpHandler sockets;

    public WorkerHttp(IWorkerWatcher? watcher)
    {
        // Nothing of this machine's proxy settings applies, and nothing is added that the caller did not send.
        sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        };
        if (watcher is not null)
        {
            sockets.ConnectCallback = async (context, cancellationToken) =>
                watcher.Connected(await ConnectAsync(context, cancellationToken));
        }

        Client = new HttpMessageInvoker(new Retries(sockets));
    }

    public HttpMessageInvoker Client { get; }

    public void Dispose() => Client.Dispose();

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class Retries(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const int Tries = 10;
        private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
        private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var pause = FirstPause;
            for (var tries = 1; ; tries++)
            {
                try
                {
                    return await base.SendAsync(request, cancellationToken);
                }
                catch (Exception broken)
                    when (broken is HttpRequestException or InvalidOperationException or IOException
                        && tries < Tries
                        && !cancellationToken.IsCancellationRequested
                    )
                {
                    // A body that was sent cannot be sent again: then the further tries are in vain, and take their time none the less.
                    await Task.Delay(pause, cancellationToken);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
    }
}
