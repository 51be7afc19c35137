using System.Net;
using System.Net.Sockets;
using Rekey.Local.Worlds;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>A storage that can go away: connections to it are refused until it is back, at the same address.</summary>
internal sealed class OutageProxy : IDisposable
{
    private readonly Uri target;
    private readonly List<TcpClient> open = [];
    private readonly FreePort port = FreePort.Take();
    private TcpListener listener;

    public OutageProxy(Uri target)
    {
        this.target = target;
        listener = Listen();
    }

    public int Port => port.Number;

    public void GoAway()
    {
        listener.Stop();
        lock (open)
        {
            open.ForEach(client => client.Dispose());
            open.Clear();
        }
    }

    public void ComeBack() => listener = Listen();

    public void Dispose()
    {
        GoAway();
        port.Dispose();
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            await from.CopyToAsync(to);
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // It has gone away.
        }
        finally
        {
            to.Dispose();
        }
    }

    private TcpListener Listen()
    {
        var listening = new TcpListener(IPAddress.Loopback, Port);
        listening.Start();
        _ = AcceptAsync(listening);
        return listening;
    }

    private async Task AcceptAsync(TcpListener accepting)
    {
        try
        {
            while (true)
            {
                var client = await accepting.AcceptTcpClientAsync();
                var server = new TcpClient(target.Host, target.Port);
                lock (open)
                {
                    open.AddRange([client, server]);
                }

                _ = CopyAsync(client.GetStream(), server.GetStream());
                _ = CopyAsync(server.GetStream(), client.GetStream());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It has gone away.
        }
    }
}
