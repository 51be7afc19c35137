using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace Rekey.Local.Tests.Worker;

/// <summary>The port that this worker's SDK has chosen for HTTP: free when it was chosen, and listened on much later.</summary>
internal static class HttpPort
{
    private const string Provider = "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore.HttpUriProvider";

    private static IPEndPoint Address
    {
        get
        {
            var provider = typeof(FunctionsApplicationBuilderAspNetCoreExtensions).Assembly.GetType(Provider, throwOnError: true)!;
            var address = new Uri((string)provider.GetProperty("HttpUriString")!.GetValue(null)!);
            return new IPEndPoint(IPAddress.Loopback, address.Port);
        }
    }

    /// <summary>
    /// Keeps the port for this worker from now on, with a socket that is bound and does not listen: Linux gives the port to nobody who
    /// asks for a free one, and to the worker, which asks for this one. Many servers come and go while these tests run, and tests count
    /// the workers that a host starts.
    /// </summary>
    public static Socket Hold()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(Address);
        return socket;
    }

    /// <summary>
    /// Between the worker's connecting to its host and its listening on the port: tells a test the port, and waits until the test hangs
    /// up. When none listens any more there is nothing to wait for.
    /// </summary>
    /// <param name="test">Where the test listens.</param>
    public sealed class Offer(string test) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, int.Parse(test, CultureInfo.InvariantCulture), cancellationToken);
            }
            catch (SocketException)
            {
                return;
            }

            await client.GetStream().WriteAsync(BitConverter.GetBytes(Address.Port), cancellationToken);
            await client.GetStream().CopyToAsync(Stream.Null, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
